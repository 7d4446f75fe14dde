"""The page of view_map in a real browser, with an answer chosen and a path."""

from __future__ import annotations

import io
import re
from pathlib import Path

from PIL import Image

from sisg_robotics.errors import MissingDependency, MissingPath
from sisg_robotics.serving.viewer.page import open_page
from sisg_robotics.serving.viewer.scene_maps import SceneMaps, maps_beside, recording_of

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
WIDTH, HEIGHT = 1440, 860
START, GOAL = (700, 512), (409, 340)
"""Pixels of the demo scene's floor: beside the sofa, and in the hall."""


def page(scene: Path) -> Image.Image:
    """The demo scene's map, asked for somewhere to sit."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise MissingDependency("playwright", "view_map.jpg", "pip install playwright") from error
    if not CHROMIUM.is_file():
        raise MissingPath("browser", CHROMIUM, "Run: apt-get install chromium")
    recording, why_none = recording_of(scene)
    maps = SceneMaps(maps_beside(scene / "map/tiny.h5"), recording, why_none)
    with open_page(maps, "tiny", port=0) as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        shown = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        shown.set_default_timeout(300_000)
        shown.goto(address)
        shown.locator("xpath=//label[text()='Where is']/following::input[1]").fill("somewhere to sit")
        shown.locator(".sisg-found").wait_for()
        notice = shown.locator(".mantine-Notification-closeButton")  # that this computer draws slowly
        if notice.count():
            notice.first.click()
        shown.get_by_role("button", name="Click two points of the floor").click()
        for place, said in ((START, "Click where to start."), (GOAL, "Click where to go.")):
            shown.get_by_text(said).wait_for()
            shown.mouse.click(*place)
        shown.get_by_text("obstacle.").wait_for()
        shown.get_by_role("button", name=re.compile(r"^1\. ")).click()
        shown.get_by_text("sees it best").wait_for()
        shown.wait_for_timeout(10_000)
        picture = Image.open(io.BytesIO(shown.screenshot())).convert("RGB")
        browser.close()
    return picture
