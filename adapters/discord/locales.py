"""Descriptions of commands and options in the languages of Discord's clients.

What people type (command and option names, values) stays the same in every language, since help and messages name
it; the message menu's entry, which nobody types, is translated. Discord shows English where a language is missing.
"""

# ruff: noqa: RUF001 - full-width signs are right in Japanese

from __future__ import annotations

from collections.abc import Mapping

from discord import Locale, app_commands

LOCALES = (Locale.german, Locale.french, Locale.spain_spanish, Locale.japanese, Locale.brazil_portuguese)
"""In the order of the columns below. Every text has all of them; a test holds that."""

_ROWS: Mapping[str, tuple[str, str, str, str, str]] = {
    "Make 3D models from words and pictures": (
        "3D-Modelle aus Worten und Bildern machen",
        "Créer des modèles 3D à partir de mots et d'images",
        "Crea modelos 3D a partir de palabras e imágenes",
        "言葉や画像から3Dモデルを作成",
        "Crie modelos 3D a partir de palavras e imagens",
    ),
    "Make a model from words, pictures or both": (
        "Ein Modell aus Worten, Bildern oder beidem machen",
        "Créer un modèle à partir de mots, d'images ou des deux",
        "Crea un modelo con palabras, imágenes o ambas",
        "言葉、画像、またはその両方からモデルを作成",
        "Crie um modelo com palavras, imagens ou ambas",
    ),
    "Open a form: upload pictures, describe it, choose options": (
        "Ein Formular öffnen: Bilder hochladen, beschreiben, Optionen wählen",
        "Ouvrir un formulaire : envoyer des images, décrire, choisir les options",
        "Abre un formulario: sube imágenes, descríbelo, elige opciones",
        "フォームを開く：画像のアップロード、説明、オプションの選択",
        "Abra um formulário: envie imagens, descreva, escolha as opções",
    ),
    "How one of your tasks stands": (
        "Wie es um eine deiner Aufgaben steht",
        "Où en est une de vos tâches",
        "Cómo va una de tus tareas",
        "タスクの状況を表示",
        "Como está uma das suas tarefas",
    ),
    "Your newest tasks": (
        "Deine neuesten Aufgaben",
        "Vos tâches les plus récentes",
        "Tus tareas más recientes",
        "あなたの最新のタスク",
        "Suas tarefas mais recentes",
    ),
    "Call a task off": (
        "Eine Aufgabe abbrechen",
        "Annuler une tâche",
        "Cancela una tarea",
        "タスクを取り消す",
        "Cancele uma tarefa",
    ),
    "Show a task again, with its picture, files and links": (
        "Eine Aufgabe noch einmal zeigen, mit Bild, Dateien und Links",
        "Afficher de nouveau une tâche, avec image, fichiers et liens",
        "Muestra otra vez una tarea, con imagen, archivos y enlaces",
        "タスクを画像・ファイル・リンクとともに再表示",
        "Mostre uma tarefa de novo, com imagem, arquivos e links",
    ),
    "Remove the files of a finished task, for good": (
        "Die Dateien einer fertigen Aufgabe endgültig löschen",
        "Supprimer définitivement les fichiers d'une tâche terminée",
        "Elimina para siempre los archivos de una tarea terminada",
        "完了したタスクのファイルを完全に削除",
        "Remova de vez os arquivos de uma tarefa concluída",
    ),
    "Ask again for what failed or stayed unclear": (
        "Noch einmal anfragen, was scheiterte oder unklar blieb",
        "Redemander ce qui a échoué ou est resté incertain",
        "Vuelve a pedir lo que falló o quedó sin aclarar",
        "失敗または結果不明のタスクを再依頼",
        "Peça de novo o que falhou ou ficou sem resposta",
    ),
    "Make the same once more, with another seed": (
        "Das Gleiche noch einmal machen, mit anderem Seed",
        "Refaire le même modèle, avec une autre graine",
        "Haz lo mismo otra vez, con otra semilla",
        "別のシードでもう一度作成",
        "Faça o mesmo outra vez, com outra semente",
    ),
    "Make the next version, with other words, pictures or options": (
        "Die nächste Version machen, mit anderen Worten, Bildern oder Optionen",
        "Faire la version suivante, avec d'autres mots, images ou options",
        "Haz la siguiente versión, con otras palabras, imágenes u opciones",
        "言葉・画像・オプションを変えて次のバージョンを作成",
        "Faça a próxima versão, com outras palavras, imagens ou opções",
    ),
    "Make the same in the next tier up": (
        "Das Gleiche in der nächsthöheren Stufe machen",
        "Refaire le même modèle au niveau supérieur",
        "Haz lo mismo en el nivel superior",
        "1段階上のティアで作成",
        "Faça o mesmo no nível acima",
    ),
    "Make the same in another file format": (
        "Das Gleiche in einem anderen Dateiformat machen",
        "Refaire le même modèle dans un autre format de fichier",
        "Haz lo mismo en otro formato de archivo",
        "別のファイル形式で作成",
        "Faça o mesmo em outro formato de arquivo",
    ),
    "Put a new texture over a finished model": (
        "Einem fertigen Modell eine neue Textur geben",
        "Donner une nouvelle texture à un modèle terminé",
        "Pon una textura nueva a un modelo terminado",
        "完成したモデルに新しいテクスチャを適用",
        "Ponha uma nova textura em um modelo pronto",
    ),
    "Take a finished model apart": (
        "Ein fertiges Modell in Teile zerlegen",
        "Séparer un modèle terminé en parties",
        "Separa en partes un modelo terminado",
        "完成したモデルをパーツに分割",
        "Separe em partes um modelo pronto",
    ),
    "Links to the files of a finished task": (
        "Links zu den Dateien einer fertigen Aufgabe",
        "Les liens vers les fichiers d'une tâche terminée",
        "Enlaces a los archivos de una tarea terminada",
        "完了したタスクのファイルへのリンク",
        "Links para os arquivos de uma tarefa concluída",
    ),
    "Show what was made from what": (
        "Zeigen, was woraus entstanden ist",
        "Montrer ce qui vient de quoi",
        "Muestra qué salió de qué",
        "どれから作られたかをツリーで表示",
        "Mostre o que veio de quê",
    ),
    "Other words; without any, the earlier ones stay": (
        "Andere Worte; ohne welche bleiben die früheren",
        "D'autres mots ; sans eux, les précédents restent",
        "Otras palabras; si no hay, quedan las anteriores",
        "新しい言葉（空なら以前のまま）",
        "Outras palavras; sem elas, ficam as anteriores",
    ),
    "A picture in the place of the earlier ones": (
        "Ein Bild anstelle der früheren",
        "Une image à la place des précédentes",
        "Una imagen en lugar de las anteriores",
        "以前の画像の代わりに使う画像",
        "Uma imagem no lugar das anteriores",
    ),
    "Let the pictures join the earlier ones instead of taking their place": (
        "Die Bilder kommen zu den früheren hinzu, statt sie zu ersetzen",
        "Ajouter les images aux précédentes au lieu de les remplacer",
        "Las imágenes se suman a las anteriores en vez de reemplazarlas",
        "以前の画像を置き換えず、画像を追加する",
        "As imagens se juntam às anteriores em vez de substituí-las",
    ),
    "How it should look, in words": (
        "Wie es aussehen soll, in Worten",
        "L'aspect voulu, en mots",
        "Qué aspecto debe tener, con palabras",
        "仕上がりを言葉で",
        "Como deve ficar, em palavras",
    ),
    "How it should look; a picture says more than words": (
        "Wie es aussehen soll; ein Bild sagt mehr als Worte",
        "L'aspect voulu ; une image en dit plus que des mots",
        "Qué aspecto debe tener; una imagen dice más que las palabras",
        "仕上がりを示す画像（言葉より確実に伝わります）",
        "Como deve ficar; uma imagem diz mais que palavras",
    ),
    "Options as you would type them, such as --material shaded --uhd": (
        "Optionen, wie man sie tippt, etwa --material shaded --uhd",
        "Options telles qu'on les tape, comme --material shaded --uhd",
        "Opciones tal como se escriben, como --material shaded --uhd",
        "オプション（入力例：--material shaded --uhd）",
        "Opções como se digitam, por exemplo --material shaded --uhd",
    ),
    "How strongly, from 2 to 12: more gives more parts": (
        "Wie stark, von 2 bis 12: mehr ergibt mehr Teile",
        "La force, de 2 à 12 : plus elle est grande, plus il y a de parties",
        "Con qué fuerza, de 2 a 12: más da más partes",
        "分割の強さ（2〜12、大きいほどパーツが増えます）",
        "Com que força, de 2 a 12: mais dá mais partes",
    ),
    "How to take it apart, such as: the wheels off the body": (
        "Wie es zerlegt werden soll, etwa: die Räder vom Rumpf",
        "Comment le séparer, par exemple : les roues de la caisse",
        "Cómo separarlo, por ejemplo: las ruedas de la carrocería",
        "分割の仕方（例：車輪を車体から外す）",
        "Como separar, por exemplo: as rodas da carroceria",
    ),
    "What you have used": (
        "Was du verbraucht hast",
        "Ce que vous avez utilisé",
        "Lo que has usado",
        "これまでの使用量",
        "O que você já usou",
    ),
    "The credits that are left (for admins)": (
        "Das übrige Guthaben (für Admins)",
        "Les crédits restants (pour les admins)",
        "Los créditos que quedan (para admins)",
        "クレジット残高（管理者用）",
        "Os créditos que restam (para admins)",
    ),
    "What the bot can do": (
        "Was der Bot kann",
        "Ce que le bot sait faire",
        "Lo que puede hacer el bot",
        "ボットの使い方",
        "O que o bot sabe fazer",
    ),
    "Make 3D model": (
        "3D-Modell machen",
        "Créer un modèle 3D",
        "Crear modelo 3D",
        "3Dモデルを作成",
        "Criar modelo 3D",
    ),
    "What it should be, in words": (
        "Was es sein soll, in Worten",
        "Ce que cela doit être, en mots",
        "Qué debe ser, con palabras",
        "作りたいものを言葉で",
        "O que deve ser, em palavras",
    ),
    "A picture to make it from; the first one leads": (
        "Ein Bild als Vorlage; das erste ist maßgeblich",
        "Une image à suivre ; la première est déterminante",
        "Una imagen de partida; la primera es la principal",
        "元にする画像（1枚目が基準）",
        "Uma imagem de base; a primeira é a principal",
    ),
    "Only you see it; a late result comes as a direct message": (
        "Nur du siehst es; ein spätes Ergebnis kommt als Direktnachricht",
        "Vous seul le voyez ; un résultat tardif arrive en message privé",
        "Solo lo ves tú; un resultado tardío llega por mensaje directo",
        "自分だけに表示（遅れた結果はダイレクトメッセージで届きます）",
        "Só você vê; um resultado tardio chega por mensagem direta",
    ),
    "Finer options as you would type them, such as --hd --bake": (
        "Feinere Optionen, wie man sie tippt, etwa --hd --bake",
        "Options plus fines, telles qu'on les tape, comme --hd --bake",
        "Opciones más finas tal como se escriben, como --hd --bake",
        "詳細オプション（入力例：--hd --bake）",
        "Opções mais finas como se digitam, por exemplo --hd --bake",
    ),
    "The task's id; pick one of yours": (
        "Die Nummer der Aufgabe; wähle eine von deinen",
        "L'identifiant de la tâche ; choisissez une des vôtres",
        "El id de la tarea; elige una de las tuyas",
        "タスクID（自分のタスクから選択）",
        "O id da tarefa; escolha uma das suas",
    ),
    "A good set of values for one purpose; what you choose besides wins": (
        "Gute Werte für einen Zweck; was du sonst wählst, geht vor",
        "De bonnes valeurs pour un usage ; vos autres choix l'emportent",
        "Buenos valores para un fin; lo que elijas además prevalece",
        "用途別の設定セット（個別に選んだ値が優先されます）",
        "Bons valores para um fim; o que você escolher além disso prevalece",
    ),
    "How much work Rodin puts in: finer tiers take longer, Extreme-High costs twice as much": (
        "Wie viel Arbeit Rodin aufwendet: feiner dauert länger, Extreme-High kostet das Doppelte",
        "Le travail fourni par Rodin : plus fin est plus long, Extreme-High coûte le double",
        "Cuánto trabaja Rodin: más fino tarda más, Extreme-High cuesta el doble",
        "Rodinの作り込み度：細かいほど時間がかかり、Extreme-Highは料金が2倍",
        "Quanto o Rodin trabalha: mais fino demora mais, Extreme-High custa o dobro",
    ),
    "The file you get: glb for viewers and the web, fbx or obj for editors, stl for printing": (
        "Die Datei: glb für Betrachter und Web, fbx oder obj für Editoren, stl zum Drucken",
        "Le fichier : glb pour le web, fbx ou obj pour les éditeurs, stl pour l'impression",
        "El archivo: glb para visores y web, fbx u obj para editores, stl para imprimir",
        "ファイル形式：glbは表示とWeb、fbx・objは編集、stlは印刷用",
        "O arquivo: glb para visualizar e web, fbx ou obj para editores, stl para imprimir",
    ),
    "How many faces to aim for, such as 60k; fewer make a smaller file": (
        "Wie viele Flächen angestrebt werden, etwa 60k; weniger ergibt eine kleinere Datei",
        "Le nombre de faces visé, comme 60k ; moins donne un fichier plus petit",
        "Cuántas caras se buscan, como 60k; menos da un archivo más pequeño",
        "目標の面数（例：60k）。少ないほどファイルが小さくなります",
        "Quantas faces se buscam, como 60k; menos dá um arquivo menor",
    ),
    "Raw makes triangles, Quad makes four-sided faces for editing (fbx or obj keep them)": (
        "Raw macht Dreiecke, Quad Vierecke zum Bearbeiten (fbx oder obj behalten sie)",
        "Raw fait des triangles, Quad des quadrilatères à éditer (gardés en fbx ou obj)",
        "Raw hace triángulos, Quad caras de cuatro lados para editar (fbx u obj las conservan)",
        "Rawは三角形、Quadは編集向けの四角形（fbx・objで保持）",
        "Raw faz triângulos, Quad faces de quatro lados para editar (fbx ou obj as mantêm)",
    ),
    "PBR reacts to light, Shaded has its light painted in, All gives both, None is bare and quick": (
        "PBR reagiert auf Licht, Shaded hat es aufgemalt, All gibt beides, None ist roh und schnell",
        "PBR réagit à la lumière, Shaded l'a peinte, All donne les deux, None est brut et rapide",
        "PBR reacciona a la luz, Shaded la lleva pintada, All da ambos, None es simple y rápido",
        "PBRは光に反応、Shadedは光を描き込み、Allは両方、Noneは無地で高速",
        "PBR reage à luz, Shaded a traz pintada, All dá ambos, None é simples e rápido",
    ),
    "A number from 0 to 65535; the same one tends towards the same model": (
        "Eine Zahl von 0 bis 65535; die gleiche führt eher zum gleichen Modell",
        "Un nombre de 0 à 65535 ; le même tend vers le même modèle",
        "Un número de 0 a 65535; el mismo tiende al mismo modelo",
        "0〜65535の数値。同じ値なら似たモデルになります",
        "Um número de 0 a 65535; o mesmo tende ao mesmo modelo",
    ),
    "Figures stand in a T or A pose, ready for rigging; which of the two is Rodin's choice": (
        "Figuren stehen in T- oder A-Pose, bereit zum Rigging; welche, entscheidet Rodin",
        "Les personnages sont en pose T ou A, prêts pour le rigging ; Rodin choisit laquelle",
        "Las figuras posan en T o A, listas para el rigging; cuál de las dos lo decide Rodin",
        "人物をTまたはAポーズに（リギング用、どちらかはRodinが選択）",
        "As figuras ficam em pose T ou A, prontas para rigging; Rodin escolhe qual",
    ),
    "How fine the textures are (Gen-2.5); extreme-high costs 2 credits more": (
        "Wie fein die Texturen sind (Gen-2.5); extreme-high kostet 2 Credits mehr",
        "La finesse des textures (Gen-2.5) ; extreme-high coûte 2 crédits de plus",
        "La finura de las texturas (Gen-2.5); extreme-high cuesta 2 créditos más",
        "テクスチャの細かさ（Gen-2.5）。extreme-highは2クレジット追加",
        "A finura das texturas (Gen-2.5); extreme-high custa 2 créditos a mais",
    ),
    "Faithful keeps to the picture, creative adds its own ideas (Gen-2.5-Medium and finer)": (
        "Faithful bleibt beim Bild, creative bringt eigene Ideen ein (ab Gen-2.5-Medium)",
        "Faithful suit l'image, creative ajoute ses idées (Gen-2.5-Medium et plus fin)",
        "Faithful sigue la imagen, creative añade ideas propias (desde Gen-2.5-Medium)",
        "faithfulは画像に忠実、creativeは独自の発想を追加（Gen-2.5-Medium以上）",
        "Faithful segue a imagem, creative acrescenta ideias (Gen-2.5-Medium e mais finos)",
    ),
    "Whether the two sides of the thing are alike (Gen-2.5)": (
        "Ob die beiden Seiten des Dings gleich sind (Gen-2.5)",
        "Si les deux côtés de l'objet sont semblables (Gen-2.5)",
        "Si los dos lados del objeto son iguales (Gen-2.5)",
        "左右対称かどうか（Gen-2.5）",
        "Se os dois lados do objeto são iguais (Gen-2.5)",
    ),
    "Proportions as width x height x length, such as 100x320x100; only their ratio counts": (
        "Maße als Breite x Höhe x Länge, etwa 100x320x100; nur das Verhältnis zählt",
        "Proportions largeur x hauteur x longueur, comme 100x320x100 ; seul le rapport compte",
        "Proporciones ancho x alto x largo, como 100x320x100; solo cuenta la relación",
        "幅x高さx奥行の比率（例：100x320x100）。比だけが使われます",
        "Proporções largura x altura x comprimento, como 100x320x100; só a razão conta",
    ),
    "Keep the picture's own transparency instead of Rodin's automatic cut-out": (
        "Die Transparenz des Bildes behalten, statt es von Rodin freistellen zu lassen",
        "Garder la transparence de l'image au lieu du détourage automatique de Rodin",
        "Conserva la transparencia de la imagen en vez del recorte automático de Rodin",
        "Rodinの自動切り抜きではなく画像自体の透過を使用",
        "Mantém a transparência da imagem em vez do recorte automático do Rodin",
    ),
    "What each picture shows, in order: F, B, L, R, FL, FR, BL, BR, U, D or ? (Gen-2.5)": (
        "Was jedes Bild zeigt, der Reihe nach: F, B, L, R, FL, FR, BL, BR, U, D oder ? (Gen-2.5)",
        "Ce que montre chaque image, dans l'ordre : F, B, L, R, FL, FR, BL, BR, U, D ou ? (Gen-2.5)",
        "Qué muestra cada imagen, en orden: F, B, L, R, FL, FR, BL, BR, U, D o ? (Gen-2.5)",
        "各画像の向きを順に：F, B, L, R, FL, FR, BL, BR, U, D, ?（Gen-2.5）",
        "O que cada imagem mostra, em ordem: F, B, L, R, FL, FR, BL, BR, U, D ou ? (Gen-2.5)",
    ),
    "Rodin's HighPack: 4K textures and more detail, for up to 1 credit more": (
        "Rodins HighPack: 4K-Texturen und mehr Details, für bis zu 1 Credit mehr",
        "Le HighPack de Rodin : textures 4K et plus de détails, jusqu'à 1 crédit de plus",
        "HighPack de Rodin: texturas 4K y más detalle, por hasta 1 crédito más",
        "RodinのHighPack：4Kテクスチャと高精細化、最大1クレジット追加",
        "HighPack do Rodin: texturas 4K e mais detalhe, por até 1 crédito a mais",
    ),
}

TRANSLATIONS: Mapping[str, Mapping[Locale, str]] = {
    text: dict(zip(LOCALES, row, strict=True)) for text, row in _ROWS.items()
}
"""Every text of a command's definition, by its English."""


class TableTranslator(app_commands.Translator):
    """Looks texts up in the table. Names stay English, save those that nobody types."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """Return a text in a language, or None for English."""
        return TRANSLATIONS.get(string.message, {}).get(locale)
