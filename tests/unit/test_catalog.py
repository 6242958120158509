"""What may be asked of Rodin: complete requests, refusals in words, prices."""

from datetime import timedelta

import pytest

from bot.catalog import MOST_PICTURES, OPTIONS, TIERS, describe, resolve
from bot.errors import BadRequest, BadSettings
from bot.model import Request
from bot.tiers import QUAD, QUALITY_FACES, RAW, Family, nearest_quality

LONGEST_IN_MENUS = 100  # Discord developer docs, Application Commands: descriptions and choice names


def wish(prompt: str = "a chair", pictures: int = 0, **options: str | int | float | bool) -> Request:
    return resolve(prompt, options, pictures=pictures, seed=5)


def refusal(prompt: str = "a chair", pictures: int = 0, **options: str | int | float | bool) -> tuple[str, ...]:
    with pytest.raises(BadRequest) as caught:
        wish(prompt, pictures, **options)
    return caught.value.problems


def only_refusal(prompt: str = "a chair", pictures: int = 0, **options: str | int | float | bool) -> str:
    (sentence,) = refusal(prompt, pictures, **options)
    return sentence


# The data


def test_menus_take_every_option_as_it_is():
    assert all(len(option.summary) <= LONGEST_IN_MENUS for option in OPTIONS)
    assert all(len(option.choices) <= 25 for option in OPTIONS)
    assert all(option.name.isalnum() and option.name.islower() and len(option.name) <= 32 for option in OPTIONS)
    # Discord takes 25 options: the prompt, five pictures, and these.
    assert sum(option.is_common for option in OPTIONS) <= 25 - 1 - MOST_PICTURES


def test_every_option_sets_a_field_of_the_request_and_no_two_the_same():
    fields = [option.field for option in OPTIONS]

    assert set(fields) <= set(Request.__dataclass_fields__)
    assert len(set(fields)) == len(fields)


def test_every_option_of_a_tier_exists_and_every_option_has_a_tier():
    named = frozenset().union(*(tier.options for tier in TIERS.values()))

    assert named == {option.name for option in OPTIONS}


@pytest.mark.parametrize("tier", TIERS.values(), ids=TIERS)
def test_a_tiers_own_defaults_are_allowed_in_it(tier):
    assert tier.faces.keys() == tier.default_faces.keys()
    assert all(tier.default_faces[mesh] in tier.faces[mesh] for mesh in tier.faces)
    assert set(tier.defaults) <= set(Request.__dataclass_fields__)
    assert tier.duration > timedelta(0)


def test_rodins_quality_words_lie_in_the_ranges_of_their_tiers():
    for tier in TIERS.values():
        for mesh, faces in tier.faces.items():
            counts = QUALITY_FACES.get((tier.family, mesh), {})
            assert all(count in faces for count in counts.values())


# Complete requests


def test_words_alone_give_a_complete_request():
    request = wish("  a red chair ")

    assert request == Request(
        prompt="a red chair",
        tier="Gen-2.5-Medium",
        geometry_file_format="glb",
        mesh_mode="Raw",
        quality="low",
        quality_override=60_000,
        material="PBR",
        seed=5,
        hd_texture=False,
        uhd_texture=False,
        texture_delight=False,
        texture_mode="medium",
        geometry_instruct_mode="creative",
        quad_normal=False,
    )
    assert describe(request) == "Gen-2.5-Medium, glb, 60,000 triangles, PBR, seed 5"


@pytest.mark.parametrize("name", TIERS)
@pytest.mark.parametrize("mesh", [RAW, QUAD])
@pytest.mark.parametrize("pictures", [0, 1, 5])
def test_everything_that_applies_to_a_tier_is_sent_explicitly(name, mesh, pictures):
    tier = TIERS[name]
    request = wish(tier=name, pictures=pictures, **({"mesh": mesh} if tier.faces else {}))

    assert (request.tier, request.seed, request.material) == (name, 5, "PBR")
    assert request.geometry_file_format == "glb"
    assert (request.quality_override is None) == (name == "Sketch")
    assert (request.texture_mode is not None) == (tier.family is Family.GEN_2_5)
    assert (request.geometry_instruct_mode is not None) == (tier.family is Family.GEN_2_5)
    assert (request.uhd_texture is False) == (tier.family is Family.GEN_2_5)
    assert (request.hd_texture is False) == (tier.family is not Family.GEN_1)
    assert (request.is_micro is False) == (name == "Gen-2.5-Extreme-High")
    assert request.mesh_simplify == (True if tier.family is Family.GEN_1 and tier.faces and mesh == RAW else None)
    assert request.mesh_smooth == (False if tier.family is Family.GEN_1 and tier.faces and mesh == QUAD else None)
    assert request.condition_mode == ("concat" if tier.family is Family.GEN_1 and pictures > 1 else None)


def test_who_gives_a_picture_wants_it_followed():
    assert wish("", pictures=1).geometry_instruct_mode == "faithful"
    assert wish("", pictures=1, mode="creative").geometry_instruct_mode == "creative"
    assert wish("a chair").geometry_instruct_mode == "creative"


def test_creative_is_not_sent_where_it_has_no_effect():
    assert wish("a chair", tier="low").geometry_instruct_mode == "faithful"


def test_every_chosen_value_reaches_its_field():
    request = wish(
        pictures=2,
        tier="extreme high",
        format="FBX",
        faces="20k",
        mesh="quad",
        material="all",
        seed="65535",
        pose="T",
        texture="extreme-high",
        mode="creative",
        symmetry="balanced",
        bbox="100x320x50",
        alpha=True,
        labels="front, ?",
        highpack="yes",
        hd="on",
        uhd=1,
        delight="true",
        bake="y",
        micro="yes",
        soft="no",
        detail="1.5",
        render="yes",
    )

    assert request == Request(
        prompt="a chair",
        tier="Gen-2.5-Extreme-High",
        geometry_file_format="fbx",
        mesh_mode="Quad",
        quality="medium",
        quality_override=20_000,
        material="All",
        seed=65_535,
        ta_pose=True,
        preview_render=True,
        use_original_alpha=True,
        addons=("HighPack",),
        bbox_condition=(100, 320, 50),
        image_label=("F", "?"),
        hd_texture=True,
        uhd_texture=True,
        texture_delight=True,
        texture_mode="extreme-high",
        geometry_instruct_mode="creative",
        is_symmetric="balanced",
        quad_normal=True,
        soft=False,
        detail_level=1.5,
        is_micro=True,
    )


def test_the_first_generation_has_options_of_its_own():
    request = wish(pictures=2, tier="regular", mesh="raw", simplify="no", condition="fuse")

    assert (request.mesh_simplify, request.mesh_smooth, request.condition_mode) == (False, None, "fuse")
    assert wish(tier="smooth", smooth="yes").mesh_smooth is True


def test_quality_words_become_the_face_count_behind_them():
    assert wish(quality="high").quality_override == 1_000_000
    assert wish(quality="extra low", mesh="quad").quality_override == 4_000
    assert wish(quality="medium", tier="gen-2", mesh="raw").quality_override == 150_000
    assert wish(quality="medium", tier="regular", mesh="raw").quality == "medium"


@pytest.mark.parametrize(
    ("faces", "word"), [(500, "extra-low"), (60_000, "low"), (400_000, "medium"), (2_000_000, "high")]
)
def test_the_quality_word_is_the_one_nearest_to_the_faces(faces, word):
    assert nearest_quality(Family.GEN_2_5, RAW, faces) == word


def test_an_stl_comes_bare_unless_a_material_is_chosen():
    assert wish(format="stl").material == "None"
    assert wish(format="stl", material="pbr").material == "PBR"


def test_blank_options_count_as_not_chosen():
    assert wish(tier="", format="  ", faces="") == wish()


def test_an_option_switched_off_is_no_mistake_where_it_does_not_apply():
    assert wish(tier="sketch", hd="no", micro=False, smooth="off") == wish(tier="sketch")


def test_the_operators_defaults_are_used_and_overridden():
    request = resolve("a", {}, pictures=0, default_tier="high", default_format="obj", seed=1)
    chosen = resolve(
        "a", {"tier": "low", "format": "fbx"}, pictures=0, default_tier="high", default_format="obj", seed=1
    )

    assert (request.tier, request.geometry_file_format) == ("Gen-2.5-High", "obj")
    assert (chosen.tier, chosen.geometry_file_format) == ("Gen-2.5-Low", "fbx")


def test_a_default_format_that_the_tier_cannot_make_gives_way():
    request = resolve("a", {"tier": "sketch"}, pictures=0, default_format="usdz", seed=1)

    assert request.geometry_file_format == "glb"


@pytest.mark.parametrize(("setting", "value"), [("default_tier", "Gen-9"), ("default_format", "docx")])
def test_a_wrong_default_is_the_operators_mistake(setting, value):
    with pytest.raises(BadSettings, match=setting.upper()):
        resolve("a", {}, pictures=0, seed=1, **{setting: value})


# Refusals


@pytest.mark.parametrize("prompt", ["", "  \n", "\u200b\u2060", "\u00a0"])
def test_nothing_to_go_by_is_refused(prompt):
    assert "nothing to make a model of" in only_refusal(prompt)
    assert wish(prompt, pictures=1)


def test_a_long_text_is_refused_with_its_length():
    assert wish("x" * 1024).prompt == "x" * 1024
    assert only_refusal("x" * 1031) == "The text has 1,031 characters; Rodin takes at most 1,024. Shorten it by 7."


@pytest.mark.parametrize("char", ["\0", "\x1b", "\x7f", "\x85", "\ud800"])
def test_control_characters_are_refused(char):
    assert f"U+{ord(char):04X}" in only_refusal(f"a{char}b")


def test_lines_tabs_and_emoji_are_no_control_characters():
    assert wish("a chair\nwith\tlegs \U0001f468\u200d\U0001f469").prompt


def test_too_many_pictures_are_counted():
    assert only_refusal(pictures=6) == "Rodin takes at most 5 pictures; there are 6. Leave 1 out."


def test_sketch_only_makes_glb():
    sentence = only_refusal(tier="sketch", format="usdz")

    assert sentence == "Sketch only makes glb, not usdz. Choose glb or another tier, such as Gen-2.5-Low."


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"tier": "sketch", "faces": 5000}, "faces has no effect with Sketch"),
        ({"tier": "sketch", "mesh": "quad"}, "mesh has no effect with Sketch"),
        ({"tier": "sketch", "quality": "high"}, "quality has no effect with Sketch"),
        ({"tier": "sketch", "highpack": "yes"}, "highpack has no effect with Sketch"),
        ({"tier": "minimum", "highpack": "yes"}, "highpack has no effect with Gen-2.5-Minimum"),
        ({"tier": "regular", "symmetry": "yes"}, "symmetry has no effect with Regular"),
        ({"tier": "gen-2", "uhd": "yes", "mode": "faithful"}, "uhd and mode have no effect with Gen-2"),
        ({"tier": "high", "micro": "yes"}, "another tier, such as Gen-2.5-Extreme-High"),
        ({"tier": "high", "smooth": "yes"}, "another tier, such as Regular"),
        ({"tier": "high", "smooth": "yes", "micro": "yes"}, "Leave them out."),
        ({"tier": "low", "mode": "creative"}, "mode creative has no effect with Gen-2.5-Low"),
        ({"tier": "regular", "mesh": "raw", "highpack": "yes"}, "choose the mesh Quad"),
        ({"tier": "regular", "mesh": "raw", "quality": "high"}, "always of medium quality"),
        ({"tier": "regular", "simplify": "yes"}, "Simplify works only with the mesh Raw"),
        ({"tier": "regular", "mesh": "raw", "smooth": "yes"}, "Smooth works only with the mesh Quad"),
        ({"tier": "regular", "material": "hybrid"}, "Hybrid is for Gen-2.5 tiers"),
        ({"tier": "regular", "condition": "fuse"}, "two or more pictures"),
        ({"alpha": "yes"}, "there is no picture"),
        ({"labels": "F"}, "there is no picture"),
        ({"material": "none", "hd": "yes"}, "The material None has no textures, so HD does nothing"),
        ({"format": "stl", "texture": "high", "highpack": "yes"}, "An stl file holds no textures, so texture mode and"),
        ({"faces": 5000, "quality": "low"}, "Faces and quality both"),
        ({"faces": 5000, "quality_override": 5000}, "given twice"),
        ({"seed": 65_536}, "between 0 and 65,535"),
        ({"seed": -1}, "between 0 and 65,535"),
        ({"bbox": "0x1x1"}, "between 1 and 2,048"),
        ({"bbox": "1x1x2049"}, "between 1 and 2,048"),
    ],
)
def test_what_does_not_go_together_is_said_in_one_sentence(options, words):
    assert words in only_refusal(**options)


@pytest.mark.parametrize(
    ("tier", "mesh", "least", "most"),
    [
        ("Gen-2.5-Extreme-Low", "raw", 500, 1_000_000),
        ("Gen-2.5-Medium", "raw", 500, 1_000_000),
        ("Gen-2.5-High", "raw", 20_000, 2_000_000),
        ("Gen-2.5-Extreme-High", "raw", 20_000, 2_000_000),
        ("Gen-2.5-Medium", "quad", 1_000, 200_000),
        ("Gen-2.5-Extreme-High", "quad", 1_000, 200_000),
        ("Gen-2", "raw", 500, 1_000_000),
        ("Gen-2", "quad", 1_000, 200_000),
        ("Regular", "raw", 2_000, 200_000),
        ("Smooth", "quad", 2_000, 200_000),
    ],
)
def test_face_counts_end_where_rodins_narrower_reading_ends(tier, mesh, least, most):
    assert wish(tier=tier, mesh=mesh, faces=least).quality_override == least
    assert wish(tier=tier, mesh=mesh, faces=most).quality_override == most
    assert f"{least - 1:,} is too few" in only_refusal(tier=tier, mesh=mesh, faces=least - 1)
    assert f"{most + 1:,} is too many" in only_refusal(tier=tier, mesh=mesh, faces=most + 1)


def test_labels_must_be_as_many_as_pictures():
    assert wish(pictures=3, labels="F B ?").image_label == ("F", "B", "?")
    assert "There are 2 labels for 3 pictures" in only_refusal(pictures=3, labels="F,B")
    assert "There is 1 label for 2 pictures" in only_refusal(pictures=2, labels="F")


def test_sketch_may_be_asked_for_what_it_does_anyway():
    assert wish(tier="sketch", mesh="raw", quality="medium") == wish(tier="sketch")


def test_every_problem_is_told_at_once():
    problems = refusal("x" * 2000, pictures=6, tier="sketch", format="stl", seed=-1, colour="red")

    assert len(problems) == 5


def test_an_unknown_tier_is_not_followed_by_guesses_about_another_one():
    sentence = only_refusal(tier="Gen-9", faces=5, micro="yes")

    assert sentence.startswith('There is no tier "Gen-9".')
