"""The labelling config of Label Studio, written from the scheme: what annotators see and press."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import cycle, islice
from xml.etree import ElementTree

from stancebank.faults import printable
from stancebank.schema.scheme import Scheme
from stancebank.studio.layout.controls import (
    CONTENT,
    CUE,
    ENTITY,
    HOLDER,
    LABEL,
    LAYER_OF,
    MENTION,
    NEW_ENTITY,
    NO,
    NO_HOLDER,
    NO_SOURCE,
    SOURCE,
    STANCE,
    TEXT,
    UNDECIDED_LABEL,
    YES,
    Control,
    Group,
    controls_of,
    links,
    region_labels,
    relation_labels,
)

# The editor shows arrows, colours and headings for a few regions; an article has two hundred.
# It lays out each line from left to right, whatever its script; here the first letter of the line decides.
# It colours a region by a class made of its id, which does not work where the id has a colon, as content spans have.
_STYLE = """
    .lsf-htx-richtext { line-height: 2.1 !important; font-size: 16px; }
    .lsf-htx-richtext .lsf-richtext__line { width: 100%; unicode-bidi: plaintext; text-align: start; }
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

# The first eight and those of the other labels are from Okabe & Ito's "Color Universal Design" (2008) and Paul Tol's
# schemes "muted" and "pale" (SRON/EPS/TN/09-002); the others are those furthest from them for each kind of colour
# vision. From the 25th type on, colours repeat.
_TYPE_COLOURS = (
    *("#E69F00", "#332288", "#56B4E9", "#117733", "#DDCC77", "#882255", "#D55E00", "#CC79A7"),
    *("#9966FF", "#2222FF", "#889977", "#003300"),
    *("#3333CC", "#330033", "#6666CC", "#003366", "#993300", "#000099"),
    *("#EE66CC", "#33EECC", "#663333", "#EE0033", "#000066", "#99EE33"),
)
_OTHER_COLOURS: dict[str, str] = {UNDECIDED_LABEL: "#885599", CUE: "#000000", CONTENT: "#CCEEFF", STANCE: "#CCDDAA"}
_OTHER_COLOURS[MENTION] = _TYPE_COLOURS[0]

_HINTS: dict[str, str] = {
    UNDECIDED_LABEL: "A mention of something whose type nobody has decided on yet.",
    MENTION: "A mention.",
    CUE: "The words that say, ask, promise or believe something. It has a source and content.",
    CONTENT: "What is said, asked, promised or believed. A relation leads to it from its cue.",
    STANCE: "The words that show a holder's position on a target.",
    NO_SOURCE.name: "The text does not say who.",
    NO_HOLDER.name: "The stance is the writer's own.",
}
_IDLE = (
    "To mark words: press the key of a label, then select them in the text.",
    "To see the fields of marked words: click them. To leave them: U.",
)
_GUIDANCE: Mapping[Group, str] = {
    "mention": "Relation to another mention: Alt+R, then click it; its label under Relations.",
    "cue": "Relation to each content, and to a source that the list does not have: Alt+R, then click it; its label "
    "under Relations.",
    "content": "A relation leads here from its cue.",
    "stance": "A holder that the list does not have: Alt+R, then click the mention; holder under Relations.",
}
_TIMED_PLACEHOLDER = "Name; date: Name | TIMEX3 value"
_PLACEHOLDERS: Mapping[str, str] = {
    ENTITY.name: "search an entity",
    SOURCE.name: "search a mention",
    HOLDER.name: "search a mention",
    NEW_ENTITY.name: "Name",
    "target": "search a target",
}

# Keys that the editor leaves free: u, enter, backspace, delete, escape and what goes with ctrl or alt are its own.
# Those of one hand come first, since the other one has the mouse; h and r come last, as the editor never gives them.
_DIGITS = "12345678"
_LETTERS = "qwezxcvbjklgtyopdfanimhr"
_OWN_KEYS: dict[str, str] = {MENTION: "1", CUE: "9", CONTENT: "0", STANCE: "s"}
_KEYS_FIRST = ("level", "stance")  # the controls that are pressed most


def labelling_config(scheme: Scheme) -> str:
    """The labelling config for a scheme, as XML that ends with a newline.

    Raises StanceBankError where a label has a name that is needed for something
    else. Where there are more labels than keys, the last ones have none.
    """
    label_keys, choice_keys = _hotkeys(scheme)
    root = ElementTree.Element("View")
    colour = _OTHER_COLOURS[CONTENT]
    style = _STYLE.replace("CONTENT_NORMAL", _translucent(colour, 0.3))  # as opaque as the editor makes them
    _add(root, "Style").text = style.replace("CONTENT_SELECTED", _translucent(colour, 0.8))
    relation_names = (*links(scheme.layers), *relation_labels(scheme))
    relations = _add(root, "Relations") if relation_names else root
    for name in relation_names:
        _add(relations, "Relation", value=name)
    page = _add(root, "View", className="sb-page")
    _add_article(page, scheme, label_keys)
    _add_fields(page, scheme, choice_keys)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _add_article(page: ElementTree.Element, scheme: Scheme, keys: Mapping[str, str]) -> None:
    """The text, with the labels and the date, which values of times depend on, always in sight above it."""
    article = _add(page, "View", className="sb-article")
    top = _add(article, "View", className="sb-labels")
    names = region_labels(scheme)
    labels = _add(top, "Labels", name=LABEL, toName=TEXT, showInline="true") if names else top
    hints = _HINTS | {label.name: label.hint for label in scheme.entity_types}
    colours = _colours(scheme)
    for name in names:
        _add(labels, "Label", value=name, background=colours[name], **_key(keys.get(name)), **_hint(hints[name]))
    _add(top, "Header", value="$date · $doc_id", size="5")
    _add(article, "Text", name=TEXT, value="$text", granularity="symbol")


def _add_fields(page: ElementTree.Element, scheme: Scheme, keys: Mapping[tuple[str, str], str]) -> None:
    """The controls beside the text, those of a group only while one of its regions is selected."""
    fields = _add(page, "View", className="sb-fields")
    _add_help(_add(fields, "View", visibleWhen="no-region-selected"), *_IDLE)
    groups = region_labels(scheme)
    known = controls_of(scheme.layers).all
    for control in (control for control in known.values() if control.group == "document"):
        _add_control(_add(fields, "View"), control, scheme, keys, {})
    for group, guidance in _guidance(scheme).items():
        shown = _shown(name for name, of in groups.items() if of == group)
        panel = _add(fields, "View", **shown)
        controls = [control for control in known.values() if control.group == group]
        for control in controls:
            _add_control(panel, control, scheme, keys, shown)
        _add_help(panel, (guidance if controls else f"Nothing to fill in. {guidance}".strip()))


def _guidance(scheme: Scheme) -> Mapping[Group, str]:
    """What to do with a region of each group that the scheme uses."""
    layers = scheme.layers
    found: dict[Group, str] = {group: text for group, text in _GUIDANCE.items() if LAYER_OF[group] in layers}
    if "relations" not in layers:
        found = {group: "" if group == "mention" else text for group, text in found.items()}
    if not layers.uses("attributions.source") and "cue" in found:
        found["cue"] = "Relation to each content: Alt+R, then click it; its label under Relations."
    if not layers.uses("stances.holder") and "stance" in found:
        found["stance"] = ""
    return found


def _key(key: str | None) -> dict[str, str]:
    return {"hotkey": key} if key else {}


def _hint(hint: str) -> dict[str, str]:
    return {"hint": printable(hint)} if hint else {}  # XML has no control characters


def _add(parent: ElementTree.Element, tag: str, **attributes: str) -> ElementTree.Element:
    return ElementTree.SubElement(parent, tag, attributes)


def _add_help(parent: ElementTree.Element, *lines: str) -> None:
    if not any(lines):
        return
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
    of_region = {} if control.group == "document" else {"perRegion": "true", **shown}
    attributes = {"name": control.name, "toName": TEXT, **of_region}
    if control.required:
        attributes |= {"required": "true", "requiredMessage": f"{control.title} is missing"}
    if control.name in _PLACEHOLDERS:
        timed = control is NEW_ENTITY and scheme.timed_types
        attributes["placeholder"] = _TIMED_PLACEHOLDER if timed else _PLACEHOLDERS[control.name]
    match control.tag:
        case "taxonomy":
            _add(panel, "Taxonomy", value=f"${control.options}", maxUsages="1", minWidth="200px", **attributes)
        case "textarea":
            most = {} if control.several else {"maxSubmissions": "1"}
            _add(panel, "TextArea", **most, editable="true", rows="1", **attributes)
        case "number":
            whole = control.column is not None and control.column.kind == "integer"
            _add(panel, "Number", step="1" if whole else "any", **attributes)
        case "choices":
            choices = _add(panel, "Choices", choice="single", layout="inline", **attributes)
            for name, hint in _choices(control, scheme).items():
                _add(choices, "Choice", value=name, **_key(keys.get((control.name, name))), **_hint(hint))


def _choices(control: Control, scheme: Scheme) -> dict[str, str]:
    """The choices of a control, each with its hint."""
    if control.vocabulary is not None:
        return {label.name: label.hint for label in scheme.labels(control.vocabulary)}
    if control.column is not None and control.column.kind == "boolean":
        return {YES: "", NO: ""}
    return {} if control.choice is None else {control.choice: _HINTS[control.name]}


def _colours(scheme: Scheme) -> dict[str, str]:
    """The colours of the labels of regions: those that types have, and to the others the next that is free."""
    own = {label.name: label.colour for label in scheme.entity_types if label.colour}
    taken = {colour.upper() for colour in own.values()}
    others = [name for name in scheme.names("entity_types") if name not in own]
    free = [colour for colour in _TYPE_COLOURS if colour.upper() not in taken]
    given = dict(zip(others, islice(cycle(free or _TYPE_COLOURS), len(others)), strict=True))
    return given | own | _OTHER_COLOURS


def _translucent(colour: str, opacity: float) -> str:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return f"rgba({red}, {green}, {blue}, {opacity})"


def _hotkeys(scheme: Scheme) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """A key of its own for each label, and for each choice by control and name.

    The first types have digits, and what is undecided the last key. Choices have the first free letter of their name
    where most of a control's choices begin with a free letter of their own, else keys in a row.
    """
    free = [key for key in _LETTERS if key not in _OWN_KEYS.values()]
    free += [f"shift+{key}" for key in sorted(free)]
    choices: dict[tuple[str, str], str] = {}
    types = scheme.names("entity_types")
    reserved = {label.name: label.key for label in scheme.entity_types if label.key}
    free = [key for key in free if key not in reserved.values()]
    known = controls_of(scheme.layers).all
    for control in sorted(known.values(), key=lambda control: _key_order(control, scheme)):
        names = tuple(_choices(control, scheme))
        wished = {label.name: label.key for label in scheme.labels(control.vocabulary or "") if label.key}
        initials = [name[0].lower() for name in names]
        by_name = len(set(initials)) == len(names) and 2 * len(set(initials) & set(free)) > len(names)
        for name in names:
            wish = wished.get(name) or (name.lower() if by_name else "")
            choices[control.name, name] = _take(free, wish)
    labels: dict[str, str] = dict(reserved)
    digits = [digit for digit in _DIGITS if digit not in reserved.values()]
    others = [name for name in types if name not in reserved]
    labels |= dict(zip(others, digits, strict=False))
    for name in others[len(digits) :]:
        labels[name] = _take(free, name.lower())
    labels[UNDECIDED_LABEL] = _take(free, free[-1:])
    return labels | {name: key for name, key in _OWN_KEYS.items() if key not in reserved.values()}, choices


def _key_order(control: Control, scheme: Scheme) -> tuple[bool, bool, bool]:
    """What is pressed most has its keys first, then what has to be decided, then what says nobody."""
    return control.name not in _KEYS_FIRST, not _is_expected(control, scheme), control.choice is None


def _is_expected(control: Control, scheme: Scheme) -> bool:
    """Whether a document is not done without it."""
    layer, column = LAYER_OF[control.group], control.column
    return control.required or (column is not None and column.name in scheme.requires(layer))


def _take(free: list[str], name: Iterable[str]) -> str:
    """Take the first free letter of a name, or key of several, else the next free key; empty where none is left."""
    key = next((letter for letter in name if letter in free), free[0] if free else "")
    if key:
        free.remove(key)
    return key
