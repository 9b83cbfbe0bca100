"""How figures look: size, type, title, caption, style and files as asked; letters in fonts that have them; no boxes."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib import font_manager
from matplotlib.text import Text
from PIL import Image

from simulation.errors import Refusal
from simulation.figures import fonts
from simulation.figures.conditions import Choice
from simulation.figures.history import history_figure
from simulation.figures.labels import naming
from simulation.figures.looks import Looks, looking
from simulation.figures.names import pair_name, power_name
from simulation.figures.outcomes import outcome_figure
from simulation.figures.registry import study_figures
from simulation.figures.style import DECIMALS_OF_A_PLACE, PNG_DOTS_PER_INCH, save
from tests.builders import one_power
from tests.unit.test_figures import COST, PACTS, REACH, made_up_history, sweep_table, texts_in

pytestmark = pytest.mark.filterwarnings("error")
CHINESE = "中国"


def drawn(looks: Looks, kind: str = "line"):
    with looking(looks):
        return outcome_figure(sweep_table(), PACTS, Choice(COST, REACH), kind)


def test_size_and_type_are_those_asked_for(tmp_path):
    figure = drawn(Looks(width=5.0, height=4.0, type_size=12.0))
    assert tuple(figure.get_size_inches()) == (5.0, 4.0)
    figure.draw_without_rendering()
    sizes = {text.get_fontsize() for text in figure.findobj(Text) if text.get_text() and text.get_visible()}
    assert sizes == {12.0, 10.5}
    with Image.open(save(figure, tmp_path, "x", ("png",))[0]) as picture:
        assert picture.size == (1500, 1200)
    assert drawn(Looks(width=3.0)).get_figwidth() == 3.0


@pytest.mark.parametrize("kind", ["dots", "box", "ridge", "line", "heat", "ecdf"])
@pytest.mark.parametrize("looks", [Looks(width=3.3), Looks(type_size=12.0), Looks(width=9.0, type_size=10.0)])
def test_at_any_size_nothing_runs_over_the_page(kind, looks):
    figure = drawn(looks, kind)
    figure.set_dpi(PNG_DOTS_PER_INCH)
    figure.draw_without_rendering()
    (width, height), page = figure.get_size_inches(), figure.get_tightbbox(figure.canvas.get_renderer())
    assert page.x0 > -0.02 and page.y0 > -0.02 and page.x1 < width + 0.02 and page.y1 < height + 0.02


def test_saving_draws_once_for_each_file_and_leaves_the_figure_as_it_was(tmp_path, monkeypatch):
    """Once more would be to lay out what is laid out."""
    figure, times = drawn(Looks()), []
    engine = figure.get_layout_engine()
    draw = type(figure).draw
    monkeypatch.setattr(type(figure), "draw", lambda self, *more: (times.append(self), draw(self, *more))[-1])
    save(figure, tmp_path, "x", ("png", "pdf", "svg"))
    figure._repr_png_()
    assert len(times) == 4
    assert figure.get_layout_engine() is engine


def test_title_and_caption():
    looks = Looks(has_caption=False, title="Dear wars, few allies")
    figure = drawn(looks)
    assert "Dear wars, few allies" in texts_in(figure) and "Marks and bars" not in texts_in(figure)
    assert len(looks.captions) == 1 and "Marks and bars: mean and 95% interval" in looks.captions[0]
    assert "Marks and bars" in texts_in(drawn(Looks()))
    with looking(Looks(title="Usual")):
        assert all("Usual" in texts_in(figure) for figure in study_figures(sweep_table(), COST, REACH).values())


def test_a_style_file_is_followed_and_a_bad_one_refused(tmp_path):
    own = tmp_path / "own.mplstyle"
    own.write_text("font.family: DejaVu Serif\naxes.grid: True\n")
    figure = drawn(Looks(style=str(own)))
    assert figure.axes[0].xaxis.get_label().get_fontfamily() == ["DejaVu Serif"]
    assert figure.axes[0].xaxis.get_gridlines()[0].get_visible()
    assert drawn(Looks(style="ggplot")).axes[0].get_facecolor() != (1.0, 1.0, 1.0, 1.0)
    own.write_text("axes.gridd: True\n")
    for style, message in ((str(own), "not a style of Matplotlib; found Bad key axes.gridd"),
                           ("gplot", "style: neither a file nor a style of Matplotlib; found 'gplot'")):
        with pytest.raises(Refusal, match=message):
            drawn(Looks(style=style))


@pytest.mark.parametrize("style", ["dark_background", "text.color: white", "axes.facecolor: 0.2"])
def test_a_style_under_which_nothing_can_be_read_is_refused(style, tmp_path):
    if ":" in style:
        (tmp_path / "own.mplstyle").write_text(style)
        style = str(tmp_path / "own.mplstyle")
    with pytest.raises(Refusal, match="style: light letters or a dark ground; found"):
        drawn(Looks(style=style))


def test_drawings_are_the_same_bytes_each_time(tmp_path):
    first, second = (save(drawn(Looks()), tmp_path / place, "x", ("svg",))[0] for place in "ab")
    assert first.read_bytes() == second.read_bytes() and first.read_bytes().startswith(b"<?xml")


def test_places_are_rounded_where_the_layout_differs_in_the_last_bit():
    """The solver of the layout adds in another order each time, and a coordinate on a tie was written in two ways."""
    figure = drawn(Looks())
    for axes in figure.axes:
        for original in (True, False):
            bounds = axes.get_position(original=original).bounds
            assert np.abs(np.round(bounds, DECIMALS_OF_A_PLACE) - bounds).max() < 1e-15
    assert any(axes.get_in_layout() for axes in figure.axes)


def test_lines_and_marks_can_be_told_apart_in_grey():
    figure = outcome_figure(sweep_table(reaches=tuple(range(7))), PACTS, Choice(COST, REACH), "line")
    lines = [line for line in figure.axes[0].lines if len(line.get_xdata()) == 3]
    lightness = [np.dot(line.get_color()[:3], (0.299, 0.587, 0.114)) for line in lines]
    assert len(lines) == 7 and np.all(np.diff(lightness) > 0.04)
    assert len({line.get_marker() for line in lines}) == 7


# ---- letters ---------------------------------------------------------------------------------------------------------


def without_other_fonts(monkeypatch, *kept: str) -> None:
    monkeypatch.setattr(fonts, "_upright", lambda: [font for font in font_manager.fontManager.ttflist
                                                    if font.name in kept and font.style == "normal"
                                                    and font.weight == 400])
    fonts._fonts_for.cache_clear()


def test_letters_are_found_in_another_font(monkeypatch, tmp_path):
    without_other_fonts(monkeypatch, "STIXGeneral")
    with naming({"0.2": "Ⓐ level"}):
        figure = outcome_figure(sweep_table(), PACTS, Choice(COST), "dots")
    save(figure, tmp_path, "x")  # a letter without a glyph would be a warning, and so an error
    assert "Ⓐ level" in texts_in(figure)
    assert fonts.legible("Ⓐ", "A") == "Ⓐ" and fonts.legible("Россия", "RUS") == "Россия"


def test_where_no_font_has_them_the_code_stands_for_a_name(monkeypatch, tmp_path):
    without_other_fonts(monkeypatch)
    scenario = one_power(title=CHINESE).replace("major_powers.P.name", CHINESE)
    assert fonts.letters_without_font(f"P {CHINESE}") == "".join(sorted(CHINESE))
    assert power_name(scenario, "P") == "P" and pair_name(scenario, "P", "A") == "P and A"
    figure = history_figure(made_up_history(scenario), scenario, "P")
    save(figure, tmp_path, "x")
    assert figure.get_suptitle() == f"P: {scenario.name}"


def test_any_other_text_gets_question_marks_and_no_boxes(monkeypatch, tmp_path):
    without_other_fonts(monkeypatch)
    with naming({"0.2": CHINESE}):
        figure = outcome_figure(sweep_table(), PACTS, Choice(COST), "dots")
    save(figure, tmp_path, "x")
    assert "??" in texts_in(figure) and CHINESE not in texts_in(figure)


@pytest.mark.parametrize("looks", [Looks(width=2.0, height=2.0), Looks(width=3.0, height=1.5),
                                   Looks(width=7.0, height=0.5, has_caption=False)])
def test_a_page_without_room_for_what_it_shows_is_refused_without_a_warning(looks):
    with pytest.raises(Refusal, match=r"size: too small for what the figure shows; found .* inches; allowed: a larger"):
        drawn(looks)
