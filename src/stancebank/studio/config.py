"""The labelling config of Label Studio, written from the scheme: what annotators see and press."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import cycle, islice
from xml.etree import ElementTree

from stancebank.faults import StanceBankError, printable
from stancebank.scheme import Label, Scheme
from stancebank.studio.controls import (
    BASIS,
    COMMITMENT,
    CONTENT,
    CONTROLS,
    CUE,
    ENTITY,
    EXPRESSION,
    KIND,
    LABEL,
    LEVEL,
    LINKS,
    NEW_ENTITY,
    NO_HOLDER,
    NO_SOURCE,
    STANCE,
    STANCE_LABEL,
    TARGET,
    TEXT,
    Control,
    Group,
    region_labels,
    relation_labels,
)

CONFIG_FILE = "annotation/label_studio/config.xml"

# The editor shows arrows, colours and headings for a few regions; an article has two hundred.
# It colours a region by a class made of its id, which does not work where the id has a colon, as content spans have.
_STYLE = """
    .lsf-htx-richtext { line-height: 2.1 !important; font-size: 16px; }
    .relations-overlay [class*="relationItem"]:not([class*="_highlighted"]) { opacity: 0 !important; }
    .htx-highlight[class*=":"] { background-color: CONTENT_NORMAL !important; border: 1px dashed transparent; }
    .htx-highlight[class*=":"].__active { background-color: CONTENT_SELECTED !important; color: #000 !important; }
    .sb-page { display: flex; gap: 16px; }
    .sb-page h4 { font-size: 14px; line-height: 1.3; margin: 8px 0 2px !important; }
    .sb-article { flex: 1 1 66%; min-width: 0; }
    .sb-labels { position: sticky; top: 0; z-index: 9; background: var(--color-neutral-background, #fff); }
    .sb-labels { padding-bottom: 4px; }
    .sb-labels .lsf-label { height: 24px; padding: 0 6px; margin: 0 4px 4px 0; font-size: 13px; }
    .sb-labels .lsf-label__hotkey { margin-left: 6px; }
    .sb-labels .lsf-label_selected { background: var(--background); outline: 2px solid; }
    .sb-labels .lsf-label_selected, .sb-labels .lsf-label_selected * { color: var(--color-neutral-content); }
    .sb-labels .lsf-labels { margin: 0; padding: 3px; }
    .sb-labels h4, .sb-help h4 { font-weight: 400; }
    .sb-fields { flex: 0 0 32%; min-width: 240px; position: sticky; top: 0; align-self: flex-start; }
    .sb-fields { max-height: calc(100vh - 160px); overflow-y: auto; }
    .sb-fields .htx-taxonomy { width: 100%; }
    .sb-fields .lsf-choices { margin: 0; }
    .sb-fields .lsf-choice { line-height: 28px !important; }
    .sb-fields input, .sb-fields textarea { font-size: 13px !important; }
    .lsf-outliner-item__title, .lsf-outliner-item__title .lsf-labels-list, .lsf-outliner-item__index,
    .lsf-detailed-region__head .lsf-labels-list *,
    .lsf-detailed-region__index_value { color: var(--color-neutral-content) !important; }
    .lsf-outliner-item__index { background: none; border: 2px solid var(--text-color); }
    .lsf-detailed-region__index { background: none; border: 2px solid currentcolor; }
    .lsf-outliner-item__index, .lsf-detailed-region__index { width: auto; min-width: 18px; white-space: nowrap; }
  """

# All from Okabe & Ito's "Color Universal Design" (2008) and Paul Tol's schemes "muted" and "pale" (SRON/EPS/TN/09-002),
# chosen together to be far apart for each kind of colour vision; more types than colours begin with the first again.
_TYPE_COLOURS = ("#E69F00", "#332288", "#56B4E9", "#117733", "#DDCC77", "#882255", "#D55E00", "#CC79A7")
_OTHER_COLOURS: dict[str, str] = {CUE: "#000000", CONTENT: "#CCEEFF", STANCE: "#CCDDAA"}

_HINTS: dict[str, str] = {
    CUE: "The words that say, ask, promise or believe something. Relations lead from it to its source and its content.",
    CONTENT: "What is said, asked, promised or believed. A relation leads to it from its cue.",
    STANCE: "The words that show where a holder stands on a target. A relation leads from it to its holder.",
    NO_SOURCE.name: "The text does not say who: there is no relation to a source.",
    NO_HOLDER.name: "The stance is the writer's own: there is no relation to a holder.",
}
_IDLE = (
    "To mark words: press the key of a label, then select them in the text.",
    "To see the fields of marked words: click them. To leave them: U.",
)
_GUIDANCE: Mapping[Group, str] = {
    "mention": "Relation to another mention: Alt+R, then click it; its label under Relations.",
    "cue": "Relations to its source and to each content: Alt+R, then click it; its label under Relations.",
    "content": "Nothing to fill in. A relation leads here from its cue.",
    "stance": "Relation to its holder: Alt+R, then click the mention; its label under Relations.",
}
_PLACEHOLDERS: Mapping[str, str] = {
    ENTITY.name: "search an entity",
    NEW_ENTITY.name: "Name; date: Name | TIMEX3 value",
    TARGET.name: "search a target",
}

# Keys that the editor leaves free: u, enter, backspace, delete, escape and what goes with ctrl or alt are its own.
# Those of one hand come first, since the other one has the mouse; h and r come last, as the editor never gives them.
_DIGITS = "12345678"
_LETTERS = "qwezxcvbjklgtyopdfanimhr"
_OWN_KEYS: dict[str, str] = {CUE: "9", CONTENT: "0", STANCE: "s"}
_KEY_ORDER = (LEVEL, STANCE_LABEL, KIND, BASIS, COMMITMENT, NO_SOURCE, NO_HOLDER, EXPRESSION)


def labelling_config(scheme: Scheme) -> str:
    """The labelling config for a scheme, as XML that ends with a newline.

    Raises StanceBankError where a label has a name that is needed for something
    else, or where there are more labels than keys.
    """
    label_keys, choice_keys = _hotkeys(scheme)
    root = ElementTree.Element("View")
    colour = _OTHER_COLOURS[CONTENT]
    style = _STYLE.replace("CONTENT_NORMAL", _translucent(colour, 0.3))  # as opaque as the editor makes them
    _add(root, "Style").text = style.replace("CONTENT_SELECTED", _translucent(colour, 0.8))
    relations = _add(root, "Relations")
    for name in (*LINKS, *relation_labels(scheme)):
        _add(relations, "Relation", value=name)
    page = _add(root, "View", className="sb-page")
    _add_article(page, scheme, label_keys)
    _add_fields(page, scheme, choice_keys)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _add_article(page: ElementTree.Element, scheme: Scheme, keys: Mapping[str, str]) -> None:
    """The text, with the labels and the date, which values of DATE depend on, always in sight above it."""
    article = _add(page, "View", className="sb-article")
    top = _add(article, "View", className="sb-labels")
    labels = _add(top, "Labels", name=LABEL, toName=TEXT, showInline="true")
    hints = _HINTS | {label.name: _hint(label) for label in scheme.entity_types}
    for name, colour in _colours(scheme).items():
        _add(labels, "Label", value=name, background=colour, hotkey=keys[name], hint=hints[name])
    _add(top, "Header", value="$date · $doc_id", size="5")
    _add(article, "Text", name=TEXT, value="$text", granularity="symbol")


def _add_fields(page: ElementTree.Element, scheme: Scheme, keys: Mapping[tuple[str, str], str]) -> None:
    """The controls beside the text, those of a group only while one of its regions is selected."""
    fields = _add(page, "View", className="sb-fields")
    _add_help(_add(fields, "View", visibleWhen="no-region-selected"), *_IDLE)
    groups = region_labels(scheme)
    for group, guidance in _GUIDANCE.items():
        shown = _shown(name for name, of in groups.items() if of == group)
        panel = _add(fields, "View", **shown)
        controls = [control for control in CONTROLS.values() if control.group == group]
        for control in (one for one in controls if one.choice is None):
            _add_control(panel, control, scheme, keys, shown)
        _add_help(panel, guidance)
        for control in (one for one in controls if one.choice is not None):
            _add_control(panel, control, scheme, keys, shown)


def _add(parent: ElementTree.Element, tag: str, **attributes: str) -> ElementTree.Element:
    return ElementTree.SubElement(parent, tag, attributes)


def _add_help(parent: ElementTree.Element, *lines: str) -> None:
    frame = _add(parent, "View", className="sb-help")
    for line in lines:
        _add(frame, "Header", value=line, size="5")


def _shown(labels: Iterable[str]) -> dict[str, str]:
    """Attributes of what is shown only while a region with one of the labels is selected."""
    return {"visibleWhen": "region-selected", "whenTagName": LABEL, "whenLabelValue": ",".join(labels)}


def _add_control(
    panel: ElementTree.Element,
    control: Control,
    scheme: Scheme,
    keys: Mapping[tuple[str, str], str],
    shown: Mapping[str, str],
) -> None:
    _add(panel, "Header", value=control.title, size="5")
    # The control says again when it is shown: a condition on what is around it does not spare it from being required.
    attributes = {"name": control.name, "toName": TEXT, "perRegion": "true", **shown}
    if control.required:
        attributes |= {"required": "true", "requiredMessage": f"{control.title} is missing"}
    if control.name in _PLACEHOLDERS:
        attributes["placeholder"] = _PLACEHOLDERS[control.name]
    match control.tag:
        case "taxonomy":
            _add(panel, "Taxonomy", value=f"${control.options}", maxUsages="1", minWidth="240px", **attributes)
        case "textarea":
            _add(panel, "TextArea", maxSubmissions="1", editable="true", rows="1", **attributes)
        case "choices":
            choices = _add(panel, "Choices", choice="single", layout="inline", **attributes)
            for name, hint in _choices(control, scheme).items():
                _add(choices, "Choice", value=name, hotkey=keys[control.name, name], hint=hint)


def _choices(control: Control, scheme: Scheme) -> dict[str, str]:
    """The choices of a control, each with its hint."""
    if control.vocabulary is not None:
        return {label.name: _hint(label) for label in scheme.labels(control.vocabulary)}
    return {} if control.choice is None else {control.choice: _HINTS[control.name]}


def _hint(label: Label) -> str:
    return printable(f"{label.definition} Example: {label.example}")  # XML has no control characters


def _colours(scheme: Scheme) -> dict[str, str]:
    types = scheme.names("entity_types")
    return dict(zip(types, islice(cycle(_TYPE_COLOURS), len(types)), strict=True)) | _OTHER_COLOURS


def _translucent(colour: str, opacity: float) -> str:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return f"rgba({red}, {green}, {blue}, {opacity})"


def _hotkeys(scheme: Scheme) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """A key of its own for each label, and for each choice by control and name.

    The first types have digits. Choices have the first free letter of their name where
    most of a control's choices begin with a free letter of their own, else keys in a row.
    """
    free = [key for key in _LETTERS if key not in _OWN_KEYS.values()]
    free += [f"shift+{key}" for key in sorted(free)]
    choices: dict[tuple[str, str], str] = {}
    for control in _KEY_ORDER:
        names = tuple(_choices(control, scheme))
        initials = [name[0].lower() for name in names]
        by_name = len(set(initials)) == len(names) and 2 * len(set(initials) & set(free)) > len(names)
        for name in names:
            choices[control.name, name] = _take(free, name.lower() if by_name else "")
    types = scheme.names("entity_types")
    labels = dict(zip(types, _DIGITS, strict=False))
    for name in types[len(labels) :]:
        labels[name] = _take(free, name.lower())
    return labels | _OWN_KEYS, choices


def _take(free: list[str], name: str) -> str:
    """Take the first free letter of a name, else the next free key."""
    if not free:
        what = "the scheme has more labels than Label Studio has keys"
        raise StanceBankError(what, "have fewer labels in schemas/scheme.yaml")
    key = next((letter for letter in name if letter in free), free[0])
    free.remove(key)
    return key
