"""The list of signatories as it was printed in 2016."""

PRINTED = """
  • Ismaël Le Mouël et Léa Thomassin, Fondateurs de HelloAsso
  • Benjamin des Gachons, Directeur France de Change.org
  • Paul Duan, Fondateur de Bayes Impact
  • Jeremy Lachal, Directeur Général de Bibliothèques Sans Frontières
  • Anthonin Léonard, Co-fondateur de OuiShare
  • Nicolas Celier, Administrateur de France Digitale
  • Jerôme Richez, Co-fondateur du Liberté Living Lab
  • Bruno Humbert, Président de la Ruche
  • Nathan Stern, Ingénieur social
  • Antoine Dulin, Vice président du Conseil Economique, Social et Environnemental
  • Matthieu Dardaillon, Co-fondateur de Ticket for Change
  • Gérald Elbaze, Associé-Gérant Médias-Cité
  • Sébastien Ravut, Directeur digital de Sidièse
  • Roxane Julien, Co-fondatrice de Fullmobs
  • Suzanne Chami, Déléguée Générale du Label IDEAS
  • Baki Youssoufou, Fondateur de We Sign It
  • Cyrielle Hariel, Journaliste Green & Positive
  • Céline Laurichesse, Fondatrice de l’agence Assemble
  • Eloi Choplin, Fondateur de l’agence Triple C
  • Jean-Michel Pasquier, Fondateur de Koeo
  • Marie Treppoz, Présidente de Welp
  • Loïc Dubié, Fondateur de Claria Vision
  • Margot Berg, Bénévole Webassoc
  • Nicolas Dehorter, Expert en crowdfunding
  • Michel Bernand-Mantel, Fondateur Share.coop
  • Rémy Hoche, Directeur de la communication et des projets éditoriaux au Cube
  • Xavier Corval, Président d’Eqosphere
  • Giovanni Pandolfo, Coordinateur national Voisin-Age
  • Sébastien Le Rouc, Chargé de mission à la mairie de Paris
  • Caroline Filiot, Coordinatrice d’ANIS
  • David Lorrain, Fondateur RecycLivre.com
  • Julie de Pimodan, Présidente de Fluicity
  • Céline Morel, Responsable Financement et Fidélisation GEM
  • Sabine Pradelle, Co-Fondatrice de EnSSemble.org
  • Anne-Sophie Novel, Fondatrice de Place to B
  • Patrick Bertrand, Président Fondateur Passerelles & Compétences
  • Jérôme Lhote, Co-fondateur de Koom
  • Charles-Antoine Berthonneau, Directeur Evenements Augmentés de Triple C
  • Pascal Derville, Fondateur de Questionnezvoselus.org
  • Antoine Colonna d’Istria, Co-fondateur de Pro Bono Lab
  • Muriel de Courreges, Chargée de Mission IDEAS
  • Johannes Bittel, President de WikiStage.org
  • Pascale Mottura, Directrice de Parallaxe conseil
  • 30Laure Drevillon, Fondatrice One Heart communication
"""
