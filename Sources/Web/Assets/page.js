// Keeps the page current: the box says when something changed, the page takes the box's own HTML in place.
// Time comes from the box; the browser's clock is never read, only its monotonic counter between two snapshots.
"use strict";

const plotEveryMs = 10000;
const silenceMs = 40000;
const live = document.getElementById("live");
const connection = document.getElementById("connection");
const announcer = document.getElementById("announcer");

let heard = { server: Number(document.getElementById("top").dataset.now), local: performance.now() };
let first = heard;
let loading = false;
let again = false;
let lostAt = null;

// ---- time -------------------------------------------------------------------------------------------------

// The box may run faster than life (a demonstration): its own pace, measured over what it told so far.
function pace() {
  const local = heard.local - first.local;
  return local > 5000 ? Math.max(0, (heard.server - first.server) / local) : 1;
}

function serverNow() {
  const rate = Math.abs(pace() - 1) < 0.2 ? 1 : pace();
  // Beyond the longest silence nothing is known any more, so time stands still on the page.
  return heard.server + Math.min(performance.now() - heard.local, silenceMs) * rate;
}

function noteServerTime(milliseconds) {
  if (!Number.isFinite(milliseconds)) return;
  heard = { server: milliseconds, local: performance.now() };
  if (heard.server < first.server) first = heard;
  if (lostAt !== null) {
    lostAt = null;
    connection.hidden = true;
    document.body.classList.remove("stopped");
    refresh();
  }
}

const two = (number) => String(number).padStart(2, "0");

function duration(milliseconds) {
  const seconds = Math.floor(Math.max(0, milliseconds) / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days >= 3) return `${days} d ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${two(minutes % 60)} min`;
  if (minutes > 0) return `${minutes} min ${two(seconds % 60)} s`;
  return `${seconds} s`;
}

const timeText = (milliseconds) => new Date(milliseconds).toISOString().slice(11, 19);

function setText(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

function tickPromise(item, now) {
  const part = (name) => item.querySelector(`[data-part="${name}"]`);
  const start = Number(item.dataset.start);
  const deadline = Number(item.dataset.deadline);
  if (!item.dataset.deadline) {
    setText(part("figure"), duration(now - start));
    return;
  }
  // Whether a promise is broken is the box's verdict: until it says so, the page shows nothing left.
  const isBreached = item.classList.contains("breached");
  setText(part("figure"), isBreached ? `${duration(now - deadline)} late` : `${duration(deadline - now)} left`);
  setText(part("used"), duration(now - start));
  const share = Math.min(100, Math.max(0, Math.floor(((now - start) / (deadline - start)) * 100)));
  const fill = part("fill");
  if (fill && !isBreached) fill.setAttribute("width", `${share}%`);
}

function tick() {
  const now = serverNow();
  const top = document.getElementById("top");
  setText(top.querySelector('[data-time="local"]'), timeText(now + Number(top.dataset.offset) * 1000));
  setText(top.querySelector('[data-time="utc"]'), timeText(now));
  for (const item of document.querySelectorAll("[data-start]")) tickPromise(item, now);
  for (const item of document.querySelectorAll("[data-since]")) {
    setText(item, duration(now - Number(item.dataset.since)));
  }
  if (performance.now() - heard.local > silenceMs) lose();
}

// ---- taking over new HTML ---------------------------------------------------------------------------------

function sameNode(a, b) {
  return a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.id || "") === (b.id || "");
}

function takeAttributes(from, to) {
  for (const { name, value } of [...from.attributes]) {
    // A person's opened details and a live plot's newest address stay.
    if (name === "open" || (name === "src" && from.dataset.live)) continue;
    if (to.getAttribute(name) !== value) to.setAttribute(name, value);
  }
  for (const { name } of [...to.attributes]) {
    if (name !== "open" && !from.hasAttribute(name)) to.removeAttribute(name);
  }
}

// Makes `to` like `from` and keeps every element that stays, so that focus, scrolling and pictures stay too.
function take(from, to) {
  if (from.nodeType === Node.TEXT_NODE) {
    if (to.data !== from.data) to.data = from.data;
    return;
  }
  if (from.nodeType === Node.ELEMENT_NODE) takeAttributes(from, to);
  const kept = new Map();
  for (const child of to.children) if (child.id) kept.set(child.id, child);
  const wanted = new Set([...from.children].map((child) => child.id));
  let place = to.firstChild;
  for (const child of [...from.childNodes]) {
    const match = child.id ? kept.get(child.id) : place && sameNode(child, place) ? place : null;
    if (!match) {
      to.insertBefore(document.importNode(child, true), place);
      continue;
    }
    // What is gone goes first: an element that is moved loses the focus, and somebody may be writing.
    while (place && place !== match && !(place.id && wanted.has(place.id))) {
      const gone = place;
      place = place.nextSibling;
      gone.remove();
    }
    if (match === place) place = place.nextSibling;
    else to.insertBefore(match, place);
    take(child, match);
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

function ticketIDs() {
  return new Set([...document.querySelectorAll("[data-announce]")].map((card) => card.id));
}

function announceNew(before) {
  const fresh = [...document.querySelectorAll("[data-announce]")].filter((card) => !before.has(card.id));
  if (fresh.length > 0) announcer.textContent = fresh.map((card) => card.dataset.announce).join(" ");
  const site = document.querySelector(".site .name");
  const open = document.querySelectorAll("[data-announce]").length;
  document.title = `${open ? `(${open}) ` : ""}${site ? site.textContent : ""} · Aftercare`;
}

async function refresh() {
  if (loading) {
    again = true;
    return;
  }
  loading = true;
  try {
    const answer = await fetch("/fragment", { cache: "no-store" });
    if (!answer.ok) return;
    const before = ticketIDs();
    take(new DOMParser().parseFromString(await answer.text(), "text/html").body, live);
    live.removeAttribute("class");
    announceNew(before);
    tick();
  } catch {
    lose();
  } finally {
    loading = false;
    if (again) {
      again = false;
      // One frame at a time, however fast the box runs.
      requestAnimationFrame(refresh);
    }
  }
}

// ---- the stream -------------------------------------------------------------------------------------------

function lose() {
  if (lostAt !== null) return;
  lostAt = serverNow();
  const offset = Number(document.getElementById("top").dataset.offset) * 1000;
  const words = `Connection to the box lost since ${timeText(lostAt + offset)}`;
  connection.textContent = `${words}. What you see is old.`;
  // Nobody may read an old "All well" from across the room; the next refresh puts the sentence back.
  const state = document.getElementById("state");
  const sentence = state.querySelector("h1");
  const before = document.createElement("li");
  before.textContent = `Before that: ${sentence.textContent}`;
  state.querySelector(".further").prepend(before);
  if (!state.classList.contains("danger")) state.className = "state watch";
  setText(sentence, words);
  connection.hidden = false;
  document.body.classList.add("stopped");
}

function watch() {
  const stream = new EventSource("/api/events");
  stream.addEventListener("snapshot", (event) => {
    noteServerTime(Number(event.lastEventId));
    refresh();
  });
  stream.addEventListener("time", (event) => noteServerTime(Number(event.data)));
  stream.addEventListener("error", () => {
    lose();
    // Refused (too many windows): the browser gives up, so the page tries again by itself.
    if (stream.readyState === EventSource.CLOSED) setTimeout(watch, 30000);
  });
}

function refreshPlots() {
  if (lostAt !== null || document.hidden) return;
  for (const plot of document.querySelectorAll("img[data-live]")) {
    const box = plot.getBoundingClientRect();
    const isSeen = box.width > 0 && box.bottom > 0 && box.top < window.innerHeight;
    if (isSeen) plot.src = `${plot.dataset.live}?${Math.floor(serverNow() / 1000)}`;
  }
}

tick();
setInterval(tick, 1000);
setInterval(refreshPlots, plotEveryMs);
watch();
