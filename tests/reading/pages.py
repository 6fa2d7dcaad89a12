"""Paragraphs of a page that a newspaper could have printed."""

SENTENCE = (
    "La rivière traverse la ville depuis mille ans, et personne ne la regarde plus : elle a disparu sous les routes. "
)
STANDFIRST = (
    "Un collectif de trente voisins signe cette lettre ouverte au maire, pour que l’eau revienne en ville avant l’été."
)
