"""The order in which regions go out, which is that of the list beside the text in Label Studio."""

from __future__ import annotations

from hypothesis import given, settings

from conftest import examples
from stancebank.studio.layout.tasks import export_tasks

from ..exports import corpora, result, written


@settings(max_examples=examples(20), deadline=None)
@given(parts=corpora())
def test_regions_go_out_in_the_order_of_the_text_with_their_values_behind_them(parts) -> None:
    with written(parts) as folder:
        for task in export_tasks(folder.corpus()):
            items = [each for each in (result(task) if "annotations" in task else []) if "from_name" in each]
            regions = [each for each in items if each["from_name"] == "label"]
            places = [(each["value"]["start"], -each["value"]["end"]) for each in regions]
            assert places == sorted(places)
            ids = [each["id"] for each in items]
            assert list(dict.fromkeys(ids)) == [
                id for before, id in zip([None, *ids], ids, strict=False) if before != id
            ], "what is of one region is not mixed with another"
            assert all(ids.index(region["id"]) == items.index(region) for region in regions)
