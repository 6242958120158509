// Turns pictures of the model, where the model itself cannot be shown: by drag, by arrow keys, or by itself.
"use strict";
{
  const byId = (id) => document.getElementById(id);
  const turner = byId("turner");
  const count = Number(turner.dataset.count);
  const columns = Number(turner.dataset.columns);
  const [tools, turn, reset, full, hint, stage] = ["tools", "turn", "reset", "full", "hint", "stage"].map(byId);
  const FRAME_MS = 80;
  const TURNS_PER_WIDTH = 1; // a drag across the whole picture is one turn

  const pictures = new Image();
  let shown = 0;
  let ticking = 0;

  const draw = (frame) => {
    shown = ((Math.round(frame) % count) + count) % count;
    const width = pictures.naturalWidth / columns;
    const height = pictures.naturalHeight / Math.ceil(count / columns);
    const [x, y] = [(shown % columns) * width, Math.floor(shown / columns) * height];
    const brush = turner.getContext("2d");
    brush.clearRect(0, 0, turner.width, turner.height);
    brush.drawImage(pictures, x, y, width, height, 0, 0, turner.width, turner.height);
    const degrees = Math.round((shown * 360) / count);
    turner.setAttribute("aria-valuenow", String(degrees));
    turner.setAttribute("aria-valuetext", `${degrees} degrees`);
  };

  const setTurning = (turns) => {
    clearInterval(ticking);
    ticking = turns ? setInterval(() => draw(shown + 1), FRAME_MS) : 0;
    turn.setAttribute("aria-pressed", String(turns));
    turn.textContent = turns ? "Stop turning" : "Turn";
  };

  const begin = () => {
    pictures.addEventListener("load", () => {
      turner.width = pictures.naturalWidth / columns;
      turner.height = pictures.naturalHeight / Math.ceil(count / columns);
      draw(0);
      turner.hidden = false;
      turner.parentElement.classList.add("turns");
      tools.hidden = hint.hidden = false;
      turn.onclick = () => setTurning(!ticking);
      reset.onclick = () => {
        setTurning(false);
        draw(0);
      };
      full.hidden = !document.fullscreenEnabled;
      full.onclick = () => (document.fullscreenElement ? document.exitFullscreen() : stage.requestFullscreen());
      setTurning(!matchMedia("(prefers-reduced-motion: reduce)").matches);
    });
    pictures.src = turner.dataset.src;
  };

  let held = null; // where a drag began, and at which frame
  turner.addEventListener("pointerdown", (event) => {
    setTurning(false);
    held = { x: event.clientX, frame: shown };
    turner.setPointerCapture(event.pointerId);
  });
  turner.addEventListener("pointermove", (event) => {
    if (!held) return;
    const moved = (event.clientX - held.x) / turner.clientWidth;
    draw(held.frame + moved * count * TURNS_PER_WIDTH);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    turner.addEventListener(end, () => {
      held = null;
    });
  }
  const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -3, PageUp: 3 };
  turner.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (step === undefined && event.key !== "Home") return;
    event.preventDefault();
    setTurning(false);
    draw(event.key === "Home" ? 0 : shown + step);
  });

  if (byId("pictures").hidden) document.addEventListener("pictures-wanted", begin, { once: true });
  else begin();
}
