/* How an organisation that signs as such names who speaks for it: the rule of tribune/signatures/as_such.py. */
"use strict";

const MUTE = new Set(
  `hector helena helene helie heloise henri henriette herbert hermance hermine herve hilaire hippolyte honore honorine
  horace hortense hubert hugo hugues huguette hyacinthe`.split(/\s+/),
);

function isElided(name) {
  const [word = ""] = name.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().match(/[\p{Ll}\p{Lo}\p{N}]+/u) ?? [];
  if (word.startsWith("h")) return MUTE.has(word);
  if (word.startsWith("y")) return /^y[^aeiou]/.test(word);
  return /^[aeiouœæøıəɛɔ]/.test(word) && !/^ou[aeiou]/.test(word);
}

/* `par la voix de A B et de C D`, `represented by A B and C D`. */
function representedBy(names, locale) {
  const isFrench = locale.startsWith("fr");
  const each = isFrench ? names.map((name) => (isElided(name) ? `d’${name}` : `de ${name}`)) : [...names];
  const last = each.pop();
  const before = each.length ? each.join(", ") + (isFrench ? " et " : " and ") : "";
  return (isFrench ? "par la voix " : "represented by ") + before + last;
}
