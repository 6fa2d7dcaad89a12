"""Files of signatures as other sites write them: their real headings, made-up people."""

from pathlib import Path

PYTITION = """first_name,last_name,phone,email,subscribed_to_mailinglist,confirmed
Zoé,Évrard,,zoe@example.org,True,True
Ana,Ba,+33 1 23 45 67 89,ana@example.org,False,True
Léo,Roux,,leo@example.org,False,False
"""
OPENLETTER = """name,occupation,organization,city,email,is_verified,created_at
Zoé Évrard,Maire,Ville de Lille,Lille,,true,2023-11-24T13:12:00.000Z
Ana Ba,Éditrice,Éditions du Phare,Paris,ana@example.org,true,2023-11-25T08:00:00.000Z
Léo Roux,,,,,false,2023-11-26T08:00:00.000Z
"""
GOOGLE = """Horodateur,Prénom,Nom,Adresse e-mail,Votre structure (facultatif),Acceptez-vous que votre nom soit affiché ?
24/11/2023 13:12:05,Zoé,Évrard,zoe@example.org,Ville de Lille,Oui
25/11/2023 08:00:00,Ana,Ba,ana@example.org,,Non
25/11/2023 09:00:00,Léo,Roux,leo@example.org,,
"""
FRAMAFORMS = "\n".join(
    (
        '"Pour des rues où l\'on joue"',
        '"Détails de la soumission";;;;;;;',
        '"Numéro de série";"SID";"Heure de soumission";"Brouillon";"Adresse IP";"UID";"Nom d\'utilisateur"'
        ';"Prénom";"Nom";"Courriel";"Je souhaite recevoir la newsletter"',
        '"1";"7001";"2023-11-24 13:12:05";"0";"192.0.2.1";"0";"";"Zoé";"Évrard";"zoe@example.org";"Oui"',
        '"2";"7002";"2023-11-25 08:00:00";"0";"192.0.2.2";"0";"";"Ana";"Ba";"ana@example.org";""',
        '"3";"7003";"2023-11-25 09:00:00";"0";"192.0.2.3";"0";"";"Léo";"Roux";"leo@example.org";"Non"',
    )
)
CHANGE = """Name\tCity\tState\tPostal Code\tCountry\tSigned On
Zoé Évrard\tLille\t\t59000\tFrance\t2023-11-24
Ana Ba\tParis\t\t75011\tFrance\t2023-11-25
Léo Roux\tNantes\t\t44000\tFrance\t2023-11-25
"""
NEXTCLOUD = """"Submission ID","User ID","User display name","Timestamp","Prénom","Nom","Courriel","Publier mon nom"
"submission_id","user_id","user_display_name","timestamp","question-id-7","question-id-8","question-id-9","question-id-10"
"12","","Anonymous user","2023-11-24T13:12:05+01:00","Zoé","Évrard","zoe@example.org","Oui"
"13","ana","Ana B.","2023-11-25T08:00:00+01:00","Ana","Ba","ana@example.org","Non"
"14","","Anonymous user","2023-11-25T09:00:00+01:00","Léo","Roux","leo@example.org",""
"""
MICROSOFT = """ID,Start time,Completion time,Email,Name,Last modified time,First name,Last name,Your email address
1,11/10/23 13:02:05,11/10/23 13:12:05,anonymous,,,Zoé,Évrard,zoe@example.org
2,11/24/23 8:00:00,11/24/23 8:01:00,anonymous,,,Ana,Ba,ana@example.org
3,11/24/23 9:00:00,11/24/23 9:01:00,anonymous,,,Léo,Roux,leo@example.org
"""
MICROSOFT_IN_FRENCH = """ID;Heure de début;Heure de fin;Adresse de messagerie;Nom;Prénom;Nom2
1;24/11/2023 13:02:05;24/11/2023 13:12:05;zoe@example.org;Évrard, Zoé;Zoé;Évrard
2;25/11/2023 08:00:00;25/11/2023 08:01:00;ana@example.org;Ba, Ana;Ana;Ba
3;25/11/2023 09:00:00;25/11/2023 09:01:00;anonymous;;Léo;Roux
"""
FORM = """Horodateur,Votre prénom,Votre nom de famille,Votre adresse mail,Dans quelle ville habitez-vous ?,\
Êtes-vous enseignant·e ?,Quelle est votre discipline ?,Comment avez-vous connu cette tribune ?,\
Un message pour le ministre ?,J'accepte que mon nom apparaisse,Souhaitez-vous être tenu·e informé·e ?
11/10/2023 13:12:05,Zoé,Évrard,zoe@example.org,Lille,Oui,Maths,Par un ami,Courage !,Oui,Non
11/24/2023 08:00:00,Ana,Ba,ana@example.org,Paris,Non,,Twitter,,Non,Oui
"""
SITES = {
    "Pytition": PYTITION.encode(),
    "openletter.earth": OPENLETTER.encode(),
    "Google Forms": GOOGLE.encode(),
    "Framaforms": FRAMAFORMS.encode("utf-8-sig"),
    "Change.org": CHANGE.encode("utf-16"),
    "Nextcloud Forms": NEXTCLOUD.encode("utf-8-sig"),
    "Nextcloud Forms, in French": NEXTCLOUD.replace("Timestamp", "Horodatage").encode("utf-8-sig"),
    "Microsoft Forms": MICROSOFT.encode("utf-8-sig"),
    "Microsoft Forms, in French": MICROSOFT_IN_FRENCH.encode("cp1252"),
}


def written(folder: Path, content: str | bytes) -> Path:
    """A file that holds this."""
    file = folder / "signatures.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def many(folder: Path, number: int, last: str = "") -> Path:
    """A file of Pytition of so many people, and a last line."""
    file = folder / "many.csv"
    with file.open("w", encoding="utf-8") as rows:
        rows.write("first_name,last_name,phone,email,subscribed_to_mailinglist,confirmed\n")
        rows.writelines(f"Zoé,Évrard{_letters(n)},,earlier{n}@example.org,False,True\n" for n in range(number))
        rows.write(last)
    return file


def _letters(number: int) -> str:
    """A name of its own for each number."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))
