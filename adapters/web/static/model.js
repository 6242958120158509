// What the page adds to the viewer: when it loads, how far it is, whether it turns by itself, and what is shown instead.
"use strict";
{
  const byId = (id) => document.getElementById(id);
  const [stage, model, progress, fetchIt, failed] = ["stage", "model", "progress", "fetch", "failed"].map(byId);
  const [tools, turn, reset, full, hint] = ["tools", "turn", "reset", "full", "hint"].map(byId);
  const wantsStillness = matchMedia("(prefers-reduced-motion: reduce)");

  const setTurning = (turns) => {
    model.toggleAttribute("auto-rotate", turns);
    turn.setAttribute("aria-pressed", String(turns));
    turn.textContent = turns ? "Stop turning" : "Turn";
  };

  const load = () => {
    fetchIt.hidden = true;
    progress.hidden = false;
    model.src = model.dataset.src;
  };

  const showPictures = () => {
    if (!failed.hidden) return;
    failed.hidden = false;
    model.hidden = progress.hidden = fetchIt.hidden = tools.hidden = true;
    byId("pictures").hidden = false;
    document.dispatchEvent(new Event("pictures-wanted"));
  };

  model.setAttribute("auto-rotate-delay", "0");
  model.addEventListener("progress", (event) => {
    progress.value = event.detail.totalProgress;
  });
  model.addEventListener("load", () => {
    progress.hidden = true;
    tools.hidden = hint.hidden = false;
    setTurning(!wantsStillness.matches);
  });
  model.addEventListener("error", (event) => {
    // A texture that fails leaves a model to look at; no model, or no WebGL, does not.
    if (!model.loaded || event.detail.type === "webglcontextlost") showPictures();
  });
  // A swing goes on for a while after the hand has left: it must not stop a turning that was asked for meanwhile.
  let isHeld = false;
  for (const touch of ["pointerdown", "wheel", "keydown"]) {
    model.addEventListener(touch, () => (isHeld = true), { capture: true, passive: true });
  }
  model.addEventListener("camera-change", (event) => {
    if (isHeld && event.detail.source === "user-interaction") setTurning(false);
  });
  wantsStillness.addEventListener("change", () => setTurning(false));

  turn.addEventListener("click", () => {
    isHeld = false;
    setTurning(!model.hasAttribute("auto-rotate"));
  });
  reset.addEventListener("click", () => {
    setTurning(false);
    model.resetTurntableRotation(0);
    model.cameraTarget = "auto auto auto";
    model.fieldOfView = "auto";
    model.cameraOrbit = "0deg 75deg 105%";
  });
  full.hidden = !document.fullscreenEnabled;
  full.addEventListener("click", () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else stage.requestFullscreen();
  });
  document.addEventListener("fullscreenchange", () => {
    full.textContent = document.fullscreenElement ? "Leave full screen" : "Full screen";
  });

  const isCostly = "large" in model.dataset || navigator.connection?.saveData === true;
  const isAble = customElements.get("model-viewer") && document.createElement("canvas").getContext("webgl2");
  if (!isAble) {
    showPictures();
  } else if (isCostly) {
    fetchIt.hidden = false;
    fetchIt.addEventListener("click", load);
  } else {
    load();
  }
}
