// The page's texts, its settings, and how dates and sizes are written.

const page = JSON.parse(document.getElementById("page-data").textContent);

export const isSample = page.sample;

/** A text by its key, with its named places filled. */
export function t(key, slots = {}) {
  return page.words[key].replace(/\{(\w+)\}/g, (place, name) => (name in slots ? slots[name] : place));
}

const parts = new Intl.DateTimeFormat("en-CA", {
  timeZone: page.zone, hourCycle: "h23",
  year: "numeric", month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit",
});

function local(instant) {
  const found = {};
  for (const { type, value } of parts.formatToParts(new Date(instant))) found[type] = value;
  const { year, month, day, hour, minute } = found;
  const weekday = t("weekdays")[new Date(Date.UTC(year, month - 1, day)).getUTCDay()];
  return { year: Number(year), month: Number(month), day: Number(day), weekday, time: `${hour}:${minute}` };
}

/** The day as one number, to compare days in the page's zone. */
export function dayOf(instant) {
  const { year, month, day } = local(instant);
  return year * 10000 + month * 100 + day;
}

/** Date, weekday and time. */
export function fullDate(instant, now) {
  const at = local(instant);
  const year = at.year === local(now).year ? "" : t("year", at);
  return `${year}${t("day_of_week", at)} ${at.time}`;
}

/** The time today, date and time on another day. */
export function lineDate(instant, now) {
  return dayOf(instant) === dayOf(now) ? local(instant).time : fullDate(instant, now);
}

/** The shortest form, for the list of chats: the time today, else the date. */
export function listDate(instant, now) {
  const at = local(instant);
  if (dayOf(instant) === dayOf(now)) return at.time;
  return at.year === local(now).year ? t("day", at) : `${t("year", at)}${t("day", at)}`;
}

/** The form that a datetime-local input takes. */
export function inputDate(instant) {
  const { year, month, day, time } = local(instant);
  const two = (number) => String(number).padStart(2, "0");
  return `${year}-${two(month)}-${two(day)}T${time}`;
}

/** How large a file is. */
export function fileSize(bytes) {
  if (bytes < 1000) return t("bytes", { n: bytes });
  if (bytes < 1000000) return t("kilobytes", { n: Math.round(bytes / 1000) });
  return t("megabytes", { n: (bytes / 1000000).toFixed(1) });
}
