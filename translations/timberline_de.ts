<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>Effect</name>
    <message>
        <source>at once</source>
        <translation>sofort</translation>
    </message>
    <message>
        <source>next step</source>
        <translation>ab dem nächsten Schritt</translation>
    </message>
    <message>
        <source>next round</source>
        <translation>ab der nächsten Runde</translation>
    </message>
    <message>
        <source>next epoch</source>
        <translation>ab der nächsten Epoche</translation>
    </message>
    <message>
        <source>recalibrates</source>
        <translation>kalibriert neu</translation>
    </message>
    <message>
        <source>resets state</source>
        <translation>setzt den Zustand zurück</translation>
    </message>
    <message>
        <source>rebuilds</source>
        <translation>baut neu auf</translation>
    </message>
    <message>
        <source>retrains</source>
        <translation>trainiert neu</translation>
    </message>
    <message>
        <source>next run</source>
        <translation>beim nächsten Lauf</translation>
    </message>
</context>
<context>
    <name>Exporter</name>
    <message>
        <source>%1 has nothing to export as %2.</source>
        <translation>%1 hat nichts, was sich als %2 exportieren lässt.</translation>
    </message>
    <message>
        <source>%1 cannot be written: %2.</source>
        <translation>%1 lässt sich nicht schreiben: %2.</translation>
    </message>
</context>
<context>
    <name>MainOptions</name>
    <message>
        <source>timberline [--open FILE] [--bench draft|exits|attention|landscape] [--size WxH] [--theme light|dark|high-contrast|system] [--language CODE] [--grab OUT.png]
timberline --export DIR [--format svg,png,pdf,csv,json] FILE
FILE is a model folder, a config (.json), a record (.tlrun) or an exported picture.
</source>
        <translation>timberline [--open DATEI] [--bench draft|exits|attention|landscape] [--size BxH] [--theme light|dark|high-contrast|system] [--language KÜRZEL] [--grab BILD.png]
timberline --export ORDNER [--format svg,png,pdf,csv,json] DATEI
DATEI ist ein Modellordner, eine Konfiguration (.json), eine Aufzeichnung (.tlrun) oder ein exportiertes Bild.
</translation>
    </message>
    <message>
        <source>Two files were named: %1 and %2. One was expected.</source>
        <translation>Zwei Dateien wurden genannt: %1 und %2. Erwartet wird eine.</translation>
    </message>
    <message>
        <source>Unknown option %1.</source>
        <translation>Unbekannte Option %1.</translation>
    </message>
    <message>
        <source>Did you mean %1?</source>
        <translation>War %1 gemeint?</translation>
    </message>
    <message>
        <source>%1 needs a value.</source>
        <translation>%1 braucht einen Wert.</translation>
    </message>
    <message>
        <source>%1 %2: expected one of %3.</source>
        <translation>%1 %2: erwartet wird eines von %3.</translation>
    </message>
    <message>
        <source>--size %1: expected WIDTHxHEIGHT in pixels, for example 1600x1000, at least 320x240.</source>
        <translation>--size %1: erwartet wird BREITExHÖHE in Pixeln, zum Beispiel 1600x1000, mindestens 320x240.</translation>
    </message>
    <message>
        <source>--format %1: expected a list of svg, png, pdf, csv, json.</source>
        <translation>--format %1: erwartet wird eine Liste aus svg, png, pdf, csv, json.</translation>
    </message>
    <message>
        <source>--export needs the FILE to export: a record or a config.</source>
        <translation>--export braucht die DATEI, die exportiert werden soll: eine Aufzeichnung oder eine Konfiguration.</translation>
    </message>
</context>
<context>
    <name>NodeState</name>
    <message>
        <source>root</source>
        <translation>Wurzel</translation>
    </message>
    <message>
        <source>accepted</source>
        <translation>angenommen</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>abgelehnt</translation>
    </message>
    <message>
        <source>never verified</source>
        <translation>nie geprüft</translation>
    </message>
    <message>
        <source>pruned</source>
        <translation>gestutzt</translation>
    </message>
    <message>
        <source>bonus</source>
        <translation>Bonus</translation>
    </message>
    <message>
        <source>correction</source>
        <translation>Korrektur</translation>
    </message>
</context>
<context>
    <name>ParameterPanel</name>
    <message>
        <source>Range %1 to %2.</source>
        <translation>Bereich %1 bis %2.</translation>
    </message>
    <message>
        <source>Default %1 (double-click the label). Takes effect: %2.</source>
        <translation>Vorgabe %1 (Doppelklick auf die Beschriftung). Wirkt: %2.</translation>
    </message>
</context>
<context>
    <name>core</name>
    <message>
        <source>Fixed draft length</source>
        <translation>Feste Entwurfslänge</translation>
    </message>
    <message>
        <source>Every round drafts as deep as the drafter is set to. Nothing is learned from earlier rounds.</source>
        <translation>Jede Runde entwirft so tief, wie es eingestellt ist. Aus früheren Runden wird nichts gelernt.</translation>
    </message>
    <message>
        <source>Draft length</source>
        <translation>Entwurfslänge</translation>
    </message>
    <message>
        <source>Tokens that the draft model proposes in one round; 0 decodes plainly.</source>
        <translation>Tokens, die das Entwurfsmodell in einer Runde vorschlägt; 0 dekodiert ohne Entwurf.</translation>
    </message>
    <message>
        <source>Draft temperature</source>
        <translation>Entwurfstemperatur</translation>
    </message>
    <message>
        <source>Temperature of the draft model&apos;s law; -1 takes the target&apos;s. Any value keeps the text exact, it only moves the acceptance.</source>
        <translation>Temperatur der Verteilung des Entwurfsmodells; -1 übernimmt die des Zielmodells. Der Text bleibt bei jedem Wert exakt, nur die Annahme ändert sich.</translation>
    </message>
    <message>
        <source>Draft top-k</source>
        <translation>Top-k des Entwurfs</translation>
    </message>
    <message>
        <source>Draws drafts only from the k likeliest tokens of the draft model; 0 takes the target&apos;s top-k.</source>
        <translation>Zieht Entwürfe nur aus den k wahrscheinlichsten Tokens des Entwurfsmodells; 0 übernimmt das Top-k des Zielmodells.</translation>
    </message>
    <message>
        <source>Draft model, chain</source>
        <translation>Entwurfsmodell, Kette</translation>
    </message>
    <message>
        <source>A small language model writes a few tokens ahead; the target checks all of them in one pass and keeps those that its own law accepts. The text is the target&apos;s, only faster.</source>
        <translation>Ein kleines Sprachmodell schreibt einige Tokens voraus; das Zielmodell prüft sie alle in einem Durchlauf und behält die, die seine eigene Verteilung annimmt. Der Text ist der des Zielmodells, nur schneller.</translation>
    </message>
    <message>
        <source>a draft model with the target&apos;s tokenizer</source>
        <translation>ein Entwurfsmodell mit dem Tokenizer des Zielmodells</translation>
    </message>
    <message>
        <source>Tree shape</source>
        <translation>Baumform</translation>
    </message>
    <message>
        <source>How candidates are chosen: the likeliest by a fixed branching list, drawn from the draft law, or ranked by confidence along the path.</source>
        <translation>Wie Kandidaten gewählt werden: die wahrscheinlichsten nach einer festen Verzweigungsliste, aus der Entwurfsverteilung gezogen oder nach der Konfidenz entlang des Pfades geordnet.</translation>
    </message>
    <message>
        <source>Dynamic (by confidence)</source>
        <translation>Dynamisch (nach Konfidenz)</translation>
    </message>
    <message>
        <source>Likeliest children</source>
        <translation>Wahrscheinlichste Kinder</translation>
    </message>
    <message>
        <source>Drawn without replacement</source>
        <translation>Ziehen ohne Zurücklegen</translation>
    </message>
    <message>
        <source>Drawn with replacement</source>
        <translation>Ziehen mit Zurücklegen</translation>
    </message>
    <message>
        <source>Levels of the tree below the pending token, one draft pass each; 0 decodes plainly.</source>
        <translation>Ebenen des Baums unter dem ausstehenden Token, je ein Durchlauf des Entwurfsmodells; 0 dekodiert ohne Entwurf.</translation>
    </message>
    <message>
        <source>Nodes</source>
        <translation>Knoten</translation>
    </message>
    <message>
        <source>Most candidates that the target verifies in one pass. More are accepted more often and cost more.</source>
        <translation>Höchstzahl der Kandidaten, die das Zielmodell in einem Durchlauf prüft. Mehr Kandidaten führen öfter zur Annahme und kosten mehr.</translation>
    </message>
    <message>
        <source>Beam width</source>
        <translation>Strahlbreite</translation>
    </message>
    <message>
        <source>Dynamic shape: nodes that the draft model extends on each level, and candidates each of them proposes.</source>
        <translation>Dynamische Form: Knoten, die das Entwurfsmodell auf jeder Ebene erweitert, und Kandidaten, die jeder von ihnen vorschlägt.</translation>
    </message>
    <message>
        <source>Branching</source>
        <translation>Verzweigung</translation>
    </message>
    <message>
        <source>Other shapes: children of each node, level by level; further levels repeat the last number.</source>
        <translation>Andere Formen: Kinder je Knoten, Ebene für Ebene; weitere Ebenen wiederholen die letzte Zahl.</translation>
    </message>
    <message>
        <source>Temperature of the draft model&apos;s law; -1 takes the target&apos;s, and 1 while the target is greedy. The text stays exact.</source>
        <translation>Temperatur der Verteilung des Entwurfsmodells; -1 übernimmt die des Zielmodells, und 1, solange dieses gierig dekodiert. Der Text bleibt exakt.</translation>
    </message>
    <message>
        <source>Draft model, tree</source>
        <translation>Entwurfsmodell, Baum</translation>
    </message>
    <message>
        <source>A small language model proposes several continuations at once, as a tree; the target verifies all branches in one pass and follows the one that its own law accepts.</source>
        <translation>Ein kleines Sprachmodell schlägt mehrere Fortsetzungen zugleich vor, als Baum; das Zielmodell prüft alle Zweige in einem Durchlauf und folgt dem, den seine eigene Verteilung annimmt.</translation>
    </message>
    <message>
        <source>Plain decoding</source>
        <translation>Einfaches Dekodieren</translation>
    </message>
    <message>
        <source>No draft: one token per target pass. Every speed-up and every losslessness check is measured against it.</source>
        <translation>Kein Entwurf: ein Token je Durchlauf des Zielmodells. Jede Beschleunigung und jede Prüfung auf Verlustfreiheit wird daran gemessen.</translation>
    </message>
    <message>
        <source>Exact (recursive rejection)</source>
        <translation>Exakt (rekursive Ablehnung)</translation>
    </message>
    <message>
        <source>Tests the children of an accepted node one after another; each rejection leaves the target&apos;s law minus the draft&apos;s. The text follows the target&apos;s law exactly; at temperature 0 it equals plain greedy decoding token for token.</source>
        <translation>Prüft die Kinder eines angenommenen Knotens nacheinander; jede Ablehnung lässt die Verteilung des Zielmodells abzüglich der des Entwurfs übrig. Der Text folgt genau der Verteilung des Zielmodells; bei Temperatur 0 gleicht er dem einfachen gierigen Dekodieren Token für Token.</translation>
    </message>
    <message>
        <source>Sample and compare</source>
        <translation>Ziehen und vergleichen</translation>
    </message>
    <message>
        <source>Draws the next token from the target and keeps the branch that carries it. Exact for every drafter, and needs no draft probabilities; sampled drafts are accepted less often than by the exact ratio test.</source>
        <translation>Zieht das nächste Token aus dem Zielmodell und behält den Zweig, der es trägt. Exakt für jedes Entwurfsverfahren und ohne Entwurfswahrscheinlichkeiten; gezogene Entwürfe werden seltener angenommen als mit dem exakten Quotiententest.</translation>
    </message>
    <message>
        <source>Repetition penalty</source>
        <translation>Wiederholungsstrafe</translation>
    </message>
    <message>
        <source>Divides positive and multiplies negative logits of tokens that occurred before, so that repeating becomes less likely.</source>
        <translation>Teilt positive und vervielfacht negative Logits von Tokens, die schon vorkamen, sodass Wiederholungen unwahrscheinlicher werden.</translation>
    </message>
    <message>
        <source>1 is off; above 1 repeats less, below 1 repeats more.</source>
        <translation>1 ist aus; über 1 wiederholt sich der Text weniger, unter 1 mehr.</translation>
    </message>
    <message>
        <source>Presence penalty</source>
        <translation>Präsenzstrafe</translation>
    </message>
    <message>
        <source>Subtracts a constant from the logit of every token that occurred before.</source>
        <translation>Zieht vom Logit jedes Tokens, das schon vorkam, eine Konstante ab.</translation>
    </message>
    <message>
        <source>0 is off; subtracted once from each token seen before.</source>
        <translation>0 ist aus; wird von jedem schon vorgekommenen Token einmal abgezogen.</translation>
    </message>
    <message>
        <source>Frequency penalty</source>
        <translation>Häufigkeitsstrafe</translation>
    </message>
    <message>
        <source>Subtracts from a token&apos;s logit in proportion to how often it occurred before.</source>
        <translation>Zieht vom Logit eines Tokens umso mehr ab, je öfter es schon vorkam.</translation>
    </message>
    <message>
        <source>0 is off; subtracted once for every earlier occurrence.</source>
        <translation>0 ist aus; wird für jedes frühere Vorkommen einmal abgezogen.</translation>
    </message>
    <message>
        <source>No repeated n-grams</source>
        <translation>Keine wiederholten n-Gramme</translation>
    </message>
    <message>
        <source>Forbids every token that would complete an n-gram the text already holds.</source>
        <translation>Verbietet jedes Token, das ein im Text schon enthaltenes n-Gramm vervollständigen würde.</translation>
    </message>
    <message>
        <source>N-gram length</source>
        <translation>n-Gramm-Länge</translation>
    </message>
    <message>
        <source>0 is off; 3 means that no three tokens occur twice in the same order.</source>
        <translation>0 ist aus; 3 heißt, dass keine drei Tokens zweimal in derselben Reihenfolge vorkommen.</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>Temperatur</translation>
    </message>
    <message>
        <source>Divides the logits: below 1 sharpens the law, above 1 flattens it. 0 always takes the likeliest token (greedy).</source>
        <translation>Teilt die Logits: unter 1 wird die Verteilung schärfer, über 1 flacher. 0 nimmt immer das wahrscheinlichste Token (gierig).</translation>
    </message>
    <message>
        <source>0 is greedy decoding, 1 the model&apos;s own law.</source>
        <translation>0 ist gieriges Dekodieren, 1 die eigene Verteilung des Modells.</translation>
    </message>
    <message>
        <source>Top-k</source>
        <translation>Top-k</translation>
    </message>
    <message>
        <source>Keeps the k likeliest tokens; those tied with the last one stay too.</source>
        <translation>Behält die k wahrscheinlichsten Tokens; mit dem letzten gleichauf liegende bleiben ebenfalls.</translation>
    </message>
    <message>
        <source>0 is off; the number of tokens that may be drawn.</source>
        <translation>0 ist aus; die Zahl der Tokens, die gezogen werden dürfen.</translation>
    </message>
    <message>
        <source>Top-p (nucleus)</source>
        <translation>Top-p (Nucleus)</translation>
    </message>
    <message>
        <source>Keeps the smallest set of likeliest tokens whose probabilities reach p together.</source>
        <translation>Behält die kleinste Menge wahrscheinlichster Tokens, deren Wahrscheinlichkeiten zusammen p erreichen.</translation>
    </message>
    <message>
        <source>Top-p</source>
        <translation>Top-p</translation>
    </message>
    <message>
        <source>1 is off; the probability mass that is kept.</source>
        <translation>1 ist aus; die Wahrscheinlichkeitsmasse, die erhalten bleibt.</translation>
    </message>
    <message>
        <source>Min-p</source>
        <translation>Min-p</translation>
    </message>
    <message>
        <source>Keeps the tokens that have at least this share of the likeliest token&apos;s probability.</source>
        <translation>Behält die Tokens, die mindestens diesen Anteil der Wahrscheinlichkeit des wahrscheinlichsten Tokens haben.</translation>
    </message>
    <message>
        <source>0 is off; the smallest share of the largest probability.</source>
        <translation>0 ist aus; der kleinste Anteil an der größten Wahrscheinlichkeit.</translation>
    </message>
    <message>
        <source>Typical-p</source>
        <translation>Typical-p</translation>
    </message>
    <message>
        <source>Keeps the tokens whose surprise is closest to the law&apos;s entropy, until their probabilities reach p together.</source>
        <translation>Behält die Tokens, deren Überraschung der Entropie der Verteilung am nächsten liegt, bis ihre Wahrscheinlichkeiten zusammen p erreichen.</translation>
    </message>
    <message>
        <source>Divides the logits; 0 always takes the likeliest token.</source>
        <translation>Teilt die Logits; 0 nimmt immer das wahrscheinlichste Token.</translation>
    </message>
    <message>
        <source>Top k</source>
        <translation>Top-k</translation>
    </message>
    <message>
        <source>Keeps the k likeliest tokens; 0 keeps all.</source>
        <translation>Behält die k wahrscheinlichsten Tokens; 0 behält alle.</translation>
    </message>
    <message>
        <source>Top p</source>
        <translation>Top-p</translation>
    </message>
    <message>
        <source>Keeps the smallest set of tokens whose probability reaches p; 1 keeps all.</source>
        <translation>Behält die kleinste Menge von Tokens, deren Wahrscheinlichkeit p erreicht; 1 behält alle.</translation>
    </message>
    <message>
        <source>Min p</source>
        <translation>Min-p</translation>
    </message>
    <message>
        <source>Drops tokens less likely than this share of the likeliest one; 0 keeps all.</source>
        <translation>Verwirft Tokens, die unwahrscheinlicher sind als dieser Anteil des wahrscheinlichsten; 0 behält alle.</translation>
    </message>
    <message>
        <source>Typical p</source>
        <translation>Typical-p</translation>
    </message>
    <message>
        <source>Keeps tokens whose surprise is close to the entropy, up to this probability; 1 keeps all.</source>
        <translation>Behält Tokens, deren Überraschung nahe an der Entropie liegt, bis zu dieser Wahrscheinlichkeit; 1 behält alle.</translation>
    </message>
    <message>
        <source>Makes tokens that already occur less likely; 1 is off.</source>
        <translation>Macht schon vorkommende Tokens unwahrscheinlicher; 1 ist aus.</translation>
    </message>
    <message>
        <source>Subtracted once from the logit of every token that already occurs; 0 is off.</source>
        <translation>Wird vom Logit jedes schon vorkommenden Tokens einmal abgezogen; 0 ist aus.</translation>
    </message>
    <message>
        <source>Subtracted from a token&apos;s logit once for each time it occurs; 0 is off.</source>
        <translation>Wird vom Logit eines Tokens für jedes Vorkommen einmal abgezogen; 0 ist aus.</translation>
    </message>
    <message>
        <source>No repeated n-gram</source>
        <translation>Kein wiederholtes n-Gramm</translation>
    </message>
    <message>
        <source>Forbids tokens that would complete an n-gram a second time; 0 is off.</source>
        <translation>Verbietet Tokens, die ein n-Gramm ein zweites Mal vervollständigen würden; 0 ist aus.</translation>
    </message>
    <message>
        <source>Penalty window</source>
        <translation>Straffenster</translation>
    </message>
    <message>
        <source>How many tokens the penalties look back; 0 takes the order&apos;s own default.</source>
        <translation>Wie viele Tokens die Strafen zurückblicken; 0 nimmt die Vorgabe der gewählten Reihenfolge.</translation>
    </message>
    <message>
        <source>Order of transforms</source>
        <translation>Transformationsfolge</translation>
    </message>
    <message>
        <source>hf, llamacpp, or a comma-separated list of transform ids.</source>
        <translation>hf, llamacpp oder eine durch Kommas getrennte Liste von Kennungen der Transformationen.</translation>
    </message>
    <message>
        <source>New tokens</source>
        <translation>Neue Tokens</translation>
    </message>
    <message>
        <source>The run stops after this many new tokens.</source>
        <translation>Der Lauf endet nach so vielen neuen Tokens.</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Startwert (Seed)</translation>
    </message>
    <message>
        <source>Names the random numbers; the same seed gives the same run.</source>
        <translation>Legt die Zufallszahlen fest; derselbe Startwert ergibt denselben Lauf.</translation>
    </message>
    <message>
        <source>Ignore end tokens</source>
        <translation>Endtokens übergehen</translation>
    </message>
    <message>
        <source>Goes on after the model&apos;s end token.</source>
        <translation>Schreibt nach dem Endtoken des Modells weiter.</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>Threads</translation>
    </message>
    <message>
        <source>Compute threads; 0 takes all of the machine, at most 8.</source>
        <translation>Rechen-Threads; 0 nimmt alle des Rechners, höchstens 8.</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Where the model computes; auto takes the GPU where there is one.</source>
        <translation>Wo das Modell rechnet; automatisch nimmt die GPU, wenn es eine gibt.</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>Prozessor</translation>
    </message>
    <message>
        <source>GPU (CUDA)</source>
        <translation>GPU (CUDA)</translation>
    </message>
    <message>
        <source>Recorded distributions</source>
        <translation>Aufgezeichnete Verteilungen</translation>
    </message>
    <message>
        <source>How much of each distribution the record keeps; auto keeps all of it up to 8,192 tokens.</source>
        <translation>Wie viel von jeder Verteilung die Aufzeichnung behält; automatisch behält bis 8.192 Tokens alles.</translation>
    </message>
    <message>
        <source>All tokens</source>
        <translation>Alle Tokens</translation>
    </message>
    <message>
        <source>Likeliest tokens</source>
        <translation>Wahrscheinlichste Tokens</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
    <message>
        <source>Recorded tokens</source>
        <translation>Aufgezeichnete Tokens</translation>
    </message>
    <message>
        <source>How many of the likeliest tokens a compact record keeps.</source>
        <translation>Wie viele der wahrscheinlichsten Tokens eine kompakte Aufzeichnung behält.</translation>
    </message>
    <message>
        <source>children</source>
        <translation>Kinder</translation>
    </message>
    <message>
        <source>levels</source>
        <translation>Ebenen</translation>
    </message>
    <message>
        <source>nodes</source>
        <translation>Knoten</translation>
    </message>
    <message>
        <source>threads</source>
        <translation>Threads</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>Tokens</translation>
    </message>
</context>
<context>
    <name>timberline::app::BenchPage</name>
    <message>
        <source>Go to the Draft bench</source>
        <translation>Zum Entwurfstisch</translation>
    </message>
</context>
<context>
    <name>timberline::app::DraftBench</name>
    <message>
        <source>Draft tree</source>
        <translation>Entwurfsbaum</translation>
    </message>
    <message>
        <source>One round</source>
        <translation>Eine Runde</translation>
    </message>
    <message>
        <source>Show the round of the timeline alone, instead of all rounds as one long tree</source>
        <translation>Nur die Runde der Zeitleiste zeigen, statt aller Runden als einen langen Baum</translation>
    </message>
    <message>
        <source>Pruned</source>
        <translation>Gestutzte</translation>
    </message>
    <message>
        <source>Show candidates that the drafter dropped before verification</source>
        <translation>Kandidaten zeigen, die schon vor der Prüfung verworfen wurden</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>Folgen</translation>
    </message>
    <message>
        <source>Keep the newest round in view</source>
        <translation>Die neueste Runde im Blick behalten</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>Einpassen</translation>
    </message>
    <message>
        <source>Show the whole tree (F)</source>
        <translation>Den ganzen Baum zeigen (F)</translation>
    </message>
    <message>
        <source>Swap</source>
        <translation>Tauschen</translation>
    </message>
    <message>
        <source>Put the other future above</source>
        <translation>Die andere Zukunft nach oben setzen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Keep only the future above</source>
        <translation>Nur die obere Zukunft behalten</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>The other future&apos;s text</source>
        <translation>Der Text der anderen Zukunft</translation>
    </message>
    <message>
        <source>round %1 / %2</source>
        <translation>Runde %1 / %2</translation>
    </message>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>angehalten</translation>
    </message>
</context>
<context>
    <name>timberline::app::ErrorBanner</name>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>timberline::app::ExportDialog</name>
    <message>
        <source>Transparent background</source>
        <translation>Transparenter Hintergrund</translation>
    </message>
    <message>
        <source>Export a view</source>
        <translation>Ansicht exportieren</translation>
    </message>
    <message>
        <source>as on screen</source>
        <translation>wie am Bildschirm</translation>
    </message>
    <message>
        <source>light</source>
        <translation>hell</translation>
    </message>
    <message>
        <source>dark</source>
        <translation>dunkel</translation>
    </message>
    <message>
        <source>Choose a file</source>
        <translation>Datei wählen</translation>
    </message>
    <message>
        <source>View</source>
        <translation>Ansicht</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Pixels per point</source>
        <translation>Pixel je Punkt</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
</context>
<context>
    <name>timberline::app::MainWindow</name>
    <message>
        <source>Loading the engine…</source>
        <translation>Rechenkern wird geladen …</translation>
    </message>
    <message>
        <source>Exits</source>
        <translation>Ausstiege</translation>
    </message>
    <message>
        <source>This bench will show which layer could have answered: the reading of every layer for every token, the exit staircase of a policy, and what leaving early saves and costs. This version does not have it yet.</source>
        <translation>Dieser Arbeitstisch wird zeigen, welche Schicht schon hätte antworten können: die Lesart jeder Schicht für jedes Token, die Ausstiegstreppe einer Regel und was ein früher Ausstieg spart und kostet. In dieser Version gibt es ihn noch nicht.</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>Attention</translation>
    </message>
    <message>
        <source>This bench will show where each head looks: entropy of every head over the text, sinks, distances and the pattern of a chosen head, with interventions. This version does not have it yet.</source>
        <translation>Dieser Arbeitstisch wird zeigen, wohin jeder Kopf blickt: die Entropie jedes Kopfs über den Text, Senken, Abstände und das Muster eines gewählten Kopfs, mit Eingriffen. In dieser Version gibt es ihn noch nicht.</translation>
    </message>
    <message>
        <source>Landscape</source>
        <translation>Landschaft</translation>
    </message>
    <message>
        <source>This bench will show the loss around a network&apos;s weights as contour and surface, with the path of training on it. This version does not have it yet.</source>
        <translation>Dieser Arbeitstisch wird den Verlust um die Gewichte eines Netzes als Höhenlinien und als Fläche zeigen, mit dem Pfad des Trainings darauf. In dieser Version gibt es ihn noch nicht.</translation>
    </message>
    <message>
        <source>Set-up</source>
        <translation>Einrichtung</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>Inspektor</translation>
    </message>
    <message>
        <source>This run</source>
        <translation>Dieser Lauf</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>Zeitleiste</translation>
    </message>
    <message>
        <source>Ready.</source>
        <translation>Bereit.</translation>
    </message>
    <message>
        <source>%1 The draft model was set to none.</source>
        <translation>%1 Das Entwurfsmodell wurde auf „keines“ gesetzt.</translation>
    </message>
    <message>
        <source>The folder %1 cannot be made.</source>
        <translation>Der Ordner %1 lässt sich nicht anlegen.</translation>
    </message>
    <message>
        <source>Choose a folder that you may write to.</source>
        <translation>Einen Ordner mit Schreibrecht wählen.</translation>
    </message>
    <message>
        <source>Benches</source>
        <translation>Arbeitstische</translation>
    </message>
    <message>
        <source>Draft</source>
        <translation>Entwurf</translation>
    </message>
    <message>
        <source>Draft acceptance trees</source>
        <translation>Annahmebäume von Entwürfen</translation>
    </message>
    <message>
        <source>Per-layer exit decisions</source>
        <translation>Ausstiegsentscheidungen je Schicht</translation>
    </message>
    <message>
        <source>Attention entropy</source>
        <translation>Entropie der Attention</translation>
    </message>
    <message>
        <source>Loss landscapes</source>
        <translation>Verlustlandschaften</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>About Timberline</source>
        <translation>Über Timberline</translation>
    </message>
    <message>
        <source>Timberline %1
An explorer for how language models decode and train.
Free software under the GNU GPL, version 3 or later.</source>
        <translation>Timberline %1
Erkundet, wie Sprachmodelle dekodieren und trainieren.
Freie Software unter der GNU GPL, Version 3 oder später.</translation>
    </message>
    <message>
        <source>Open a model folder</source>
        <translation>Modellordner öffnen</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Configs, records and exported pictures (*.json *.tlrun *.png *.svg);;All files (*)</source>
        <translation>Konfigurationen, Aufzeichnungen und exportierte Bilder (*.json *.tlrun *.png *.svg);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>&amp;Öffnen …</translation>
    </message>
    <message>
        <source>A config, a record, or a picture exported by Timberline</source>
        <translation>Eine Konfiguration, eine Aufzeichnung oder ein von Timberline exportiertes Bild</translation>
    </message>
    <message>
        <source>Open a &amp;model folder…</source>
        <translation>&amp;Modellordner öffnen …</translation>
    </message>
    <message>
        <source>Open a &amp;sample</source>
        <translation>Be&amp;ispiel öffnen</translation>
    </message>
    <message>
        <source>&amp;Recent</source>
        <translation>&amp;Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>Save the &amp;record…</source>
        <translation>&amp;Aufzeichnung speichern …</translation>
    </message>
    <message>
        <source>Save the record</source>
        <translation>Aufzeichnung speichern</translation>
    </message>
    <message>
        <source>Records (*.tlrun)</source>
        <translation>Aufzeichnungen (*.tlrun)</translation>
    </message>
    <message>
        <source>Save the &amp;config…</source>
        <translation>&amp;Konfiguration speichern …</translation>
    </message>
    <message>
        <source>Save the config</source>
        <translation>Konfiguration speichern</translation>
    </message>
    <message>
        <source>Configs (*.json)</source>
        <translation>Konfigurationen (*.json)</translation>
    </message>
    <message>
        <source>&amp;Export a view…</source>
        <translation>Ansicht &amp;exportieren …</translation>
    </message>
    <message>
        <source>Export &amp;all views…</source>
        <translation>A&amp;lle Ansichten exportieren …</translation>
    </message>
    <message>
        <source>Export all views into a folder</source>
        <translation>Alle Ansichten in einen Ordner exportieren</translation>
    </message>
    <message>
        <source>Exported into %1.</source>
        <translation>Nach %1 exportiert.</translation>
    </message>
    <message>
        <source>Copy as command &amp;line</source>
        <translation>Als Befehl&amp;szeile kopieren</translation>
    </message>
    <message>
        <source>The command line is on the clipboard.</source>
        <translation>Die Befehlszeile liegt in der Zwischenablage.</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>Choose a draft model folder</source>
        <translation>Ordner des Entwurfsmodells wählen</translation>
    </message>
    <message>
        <source>Choose a model folder</source>
        <translation>Modellordner wählen</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>&amp;Lauf</translation>
    </message>
    <message>
        <source>Run, pause, go on</source>
        <translation>Starten, anhalten, fortsetzen</translation>
    </message>
    <message>
        <source>One round forward</source>
        <translation>Eine Runde vor</translation>
    </message>
    <message>
        <source>One round back</source>
        <translation>Eine Runde zurück</translation>
    </message>
    <message>
        <source>To the first round</source>
        <translation>Zur ersten Runde</translation>
    </message>
    <message>
        <source>To the newest round</source>
        <translation>Zur neuesten Runde</translation>
    </message>
    <message>
        <source>Run anew</source>
        <translation>Neu starten</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Accept the selected token instead</source>
        <translation>Stattdessen das gewählte Token annehmen</translation>
    </message>
    <message>
        <source>Fork from the selected round</source>
        <translation>Ab der gewählten Runde verzweigen</translation>
    </message>
    <message>
        <source>Swap the futures</source>
        <translation>Die Zukünfte tauschen</translation>
    </message>
    <message>
        <source>Measure speed-up</source>
        <translation>Beschleunigung messen</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>&amp;Farbschema</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation>Hoher Kontrast</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>&amp;Sprache</translation>
    </message>
    <message>
        <source>The language changes at the next start.</source>
        <translation>Die Sprache wechselt beim nächsten Start.</translation>
    </message>
    <message>
        <source>Centre alone</source>
        <translation>Nur die Mitte</translation>
    </message>
    <message>
        <source>Reset the layout</source>
        <translation>Anordnung zurücksetzen</translation>
    </message>
    <message>
        <source>Fit the tree</source>
        <translation>Baum einpassen</translation>
    </message>
</context>
<context>
    <name>timberline::app::RunSession</name>
    <message>
        <source>This run cannot be forked: its config is not complete.</source>
        <translation>Dieser Lauf lässt sich nicht verzweigen: Seine Konfiguration ist unvollständig.</translation>
    </message>
    <message>
        <source>Run it again, then fork.</source>
        <translation>Noch einmal laufen lassen, dann verzweigen.</translation>
    </message>
    <message>
        <source>Before: as the target decided in round %1</source>
        <translation>Vorher: wie das Zielmodell in Runde %1 entschied</translation>
    </message>
    <message>
        <source>Before: the run that was forked at round %1</source>
        <translation>Vorher: der Lauf, der in Runde %1 verzweigt wurde</translation>
    </message>
    <message>
        <source>The other future</source>
        <translation>Die andere Zukunft</translation>
    </message>
</context>
<context>
    <name>timberline::app::SetupPanel</name>
    <message>
        <source>Choose a model folder (Hugging Face layout, safetensors)</source>
        <translation>Modellordner wählen (Hugging-Face-Aufbau, safetensors)</translation>
    </message>
    <message>
        <source>Choose a folder for: %1</source>
        <translation>Ordner wählen für: %1</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>tale (bundled)</source>
        <translation>tale (mitgeliefert)</translation>
    </message>
    <message>
        <source>tale-draft (bundled)</source>
        <translation>tale-draft (mitgeliefert)</translation>
    </message>
    <message>
        <source>Draft</source>
        <translation>Entwurf</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keines</translation>
    </message>
    <message>
        <source>Tensors…</source>
        <translation>Tensoren …</translation>
    </message>
    <message>
        <source>Names, shapes, types and statistics of the model&apos;s weights</source>
        <translation>Namen, Formen, Typen und Statistik der Gewichte des Modells</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>Prompt</translation>
    </message>
    <message>
        <source>The first words; empty starts from the beginning-of-text token.</source>
        <translation>Die ersten Wörter; leer beginnt mit dem Textanfangs-Token.</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>Methode</translation>
    </message>
    <message>
        <source>Loading the engine…</source>
        <translation>Rechenkern wird geladen …</translation>
    </message>
    <message>
        <source>Controller</source>
        <translation>Regler</translation>
    </message>
    <message>
        <source>Acceptance</source>
        <translation>Annahme</translation>
    </message>
    <message>
        <source>Sampling</source>
        <translation>Sampling</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>%1 layers · width %2 · %3 M parameters · needs about %4 MiB</source>
        <translation>%1 Schichten · Breite %2 · %3 Mio. Parameter · braucht etwa %4 MiB</translation>
    </message>
</context>
<context>
    <name>timberline::app::TensorDialog</name>
    <message>
        <source>Tensors of %1</source>
        <translation>Tensoren von %1</translation>
    </message>
    <message>
        <source>Filter by name</source>
        <translation>Nach Namen filtern</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>Wird gelesen …</translation>
    </message>
    <message>
        <source>%1 · %2 tensors · %3 parameters · select a row for its statistics</source>
        <translation>%1 · %2 Tensoren · %3 Parameter · Zeile wählen für ihre Statistik</translation>
    </message>
</context>
<context>
    <name>timberline::app::TensorModel</name>
    <message>
        <source>Tensor</source>
        <translation>Tensor</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Typ</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>Form</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Minimum</source>
        <translation>Minimum</translation>
    </message>
    <message>
        <source>Maximum</source>
        <translation>Maximum</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>Mittelwert</translation>
    </message>
    <message>
        <source>Std. deviation</source>
        <translation>Std.-Abweichung</translation>
    </message>
    <message>
        <source>Not finite</source>
        <translation>Nicht endlich</translation>
    </message>
</context>
<context>
    <name>timberline::app::Unattended</name>
    <message>
        <source>The run did not finish within ten minutes.</source>
        <translation>Der Lauf wurde nicht innerhalb von zehn Minuten fertig.</translation>
    </message>
    <message>
        <source>%1 cannot be written: %2.</source>
        <translation>%1 lässt sich nicht schreiben: %2.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::AcceptancePlot</name>
    <message>
        <source>Acceptance by depth</source>
        <translation>Annahme nach Tiefe</translation>
    </message>
    <message>
        <source>Acceptance at each draft depth will stand here, with its 95 % interval.</source>
        <translation>Hier wird die Annahme in jeder Entwurfstiefe stehen, mit ihrem 95-%-Intervall.</translation>
    </message>
    <message>
        <source>conditional</source>
        <translation>bedingt</translation>
    </message>
    <message>
        <source>unconditional</source>
        <translation>unbedingt</translation>
    </message>
    <message>
        <source>depth (tokens)</source>
        <translation>Tiefe (Tokens)</translation>
    </message>
    <message>
        <source>accepted share</source>
        <translation>Annahmeanteil</translation>
    </message>
    <message>
        <source>depth %1: %2 of %3</source>
        <translation>Tiefe %1: %2 von %3</translation>
    </message>
    <message>
        <source>No drafted tokens yet.</source>
        <translation>Noch keine entworfenen Tokens.</translation>
    </message>
    <message>
        <source>Accepted of those that reached the depth: %1.</source>
        <translation>Angenommen von denen, die die Tiefe erreichten: %1.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::DistributionView</name>
    <message>
        <source>Distribution</source>
        <translation>Verteilung</translation>
    </message>
    <message>
        <source>Select a node to see what target and draft thought of it.</source>
        <translation>Einen Knoten wählen, um zu sehen, was Zielmodell und Entwurfsmodell von ihm hielten.</translation>
    </message>
    <message>
        <source>This record kept no laws for this node.</source>
        <translation>Diese Aufzeichnung enthält keine Verteilungen für diesen Knoten.</translation>
    </message>
    <message>
        <source>bars: solid p, outline q</source>
        <translation>Balken: gefüllt p, Umriss q</translation>
    </message>
    <message>
        <source>bars: solid p, outline q, hatched residual</source>
        <translation>Balken: gefüllt p, Umriss q, schraffiert Rest</translation>
    </message>
    <message>
        <source>remaining mass %1</source>
        <translation>restliche Masse %1</translation>
    </message>
    <message>
        <source>No distribution.</source>
        <translation>Keine Verteilung.</translation>
    </message>
    <message>
        <source>Likeliest token for the target: %1 with probability %2.</source>
        <translation>Wahrscheinlichstes Token für das Zielmodell: %1 mit Wahrscheinlichkeit %2.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::Inspector</name>
    <message>
        <source>Click a node of the tree or a token of the text. Arrow keys walk the tree.</source>
        <translation>Einen Knoten des Baums oder ein Token des Textes anklicken. Die Pfeiltasten wandern durch den Baum.</translation>
    </message>
    <message>
        <source>%1 · round %2 · node %3 · depth %4 · id %5</source>
        <translation>%1 · Runde %2 · Knoten %3 · Tiefe %4 · ID %5</translation>
    </message>
    <message>
        <source>Target probability p</source>
        <translation>Zielwahrscheinlichkeit p</translation>
    </message>
    <message>
        <source>Probability of this token under the target at its parent, after all sampling transforms.</source>
        <translation>Wahrscheinlichkeit dieses Tokens im Zielmodell an seinem Elternknoten, nach allen Sampling-Transformationen.</translation>
    </message>
    <message>
        <source>Draft confidence q</source>
        <translation>Entwurfskonfidenz q</translation>
    </message>
    <message>
        <source>Draft probability q</source>
        <translation>Entwurfswahrsch. q</translation>
    </message>
    <message>
        <source>The draft&apos;s probability of this token. It chose the token but takes no part in the test: the child is a point mass.</source>
        <translation>Wahrscheinlichkeit dieses Tokens im Entwurfsmodell. Sie hat das Token ausgewählt, geht aber nicht in den Test ein: Das Kind ist eine Punktmasse.</translation>
    </message>
    <message>
        <source>Probability of this token under the draft at its parent, after all sampling transforms.</source>
        <translation>Wahrscheinlichkeit dieses Tokens im Entwurfsmodell an seinem Elternknoten, nach allen Sampling-Transformationen.</translation>
    </message>
    <message>
        <source>Ratio p/q</source>
        <translation>Quotient p/q</translation>
    </message>
    <message>
        <source>Above 1 the target likes the token more than the draft does.</source>
        <translation>Über 1 hält das Zielmodell das Token für wahrscheinlicher als das Entwurfsmodell.</translation>
    </message>
    <message>
        <source>Target at the test</source>
        <translation>Ziel beim Test</translation>
    </message>
    <message>
        <source>p after the residual updates of the siblings that were rejected before.</source>
        <translation>p nach den Restverteilungen der zuvor abgelehnten Geschwister.</translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation>Schwelle</translation>
    </message>
    <message>
        <source>The token is accepted when the draw lies below this number.</source>
        <translation>Das Token wird angenommen, wenn die Ziehung unter dieser Zahl liegt.</translation>
    </message>
    <message>
        <source>Draw</source>
        <translation>Ziehung</translation>
    </message>
    <message>
        <source>The uniform random number of this test. Greedy decoding needs none.</source>
        <translation>Die gleichverteilte Zufallszahl dieses Tests. Gieriges Dekodieren braucht keine.</translation>
    </message>
    <message>
        <source>Entropy after it</source>
        <translation>Entropie danach</translation>
    </message>
    <message>
        <source>nats</source>
        <translation>nat</translation>
    </message>
    <message>
        <source>How undecided the target is about the next token, over the full vocabulary.</source>
        <translation>Wie unentschieden das Zielmodell über das nächste Token ist, über das ganze Vokabular.</translation>
    </message>
    <message>
        <source>Draft entropy after it</source>
        <translation>Entwurfsentropie danach</translation>
    </message>
    <message>
        <source>How undecided the draft is about the next token.</source>
        <translation>Wie unentschieden das Entwurfsmodell über das nächste Token ist.</translation>
    </message>
    <message>
        <source>Overlap Σ min(p, q)</source>
        <translation>Überlappung Σ min(p, q)</translation>
    </message>
    <message>
        <source>The exact chance that one draw from the draft would be accepted here.</source>
        <translation>Die exakte Wahrscheinlichkeit, dass eine Ziehung aus dem Entwurfsmodell hier angenommen würde.</translation>
    </message>
    <message>
        <source>Top-2 margin</source>
        <translation>Top-2-Abstand</translation>
    </message>
    <message>
        <source>logits</source>
        <translation>Logits</translation>
    </message>
    <message>
        <source>The target&apos;s best minus second-best logit after this token.</source>
        <translation>Bestes minus zweitbestes Logit des Zielmodells nach diesem Token.</translation>
    </message>
    <message>
        <source>Path score</source>
        <translation>Pfadwert</translation>
    </message>
    <message>
        <source>Sum of log q along the path from the root.</source>
        <translation>Summe von log q entlang des Pfades von der Wurzel.</translation>
    </message>
    <message>
        <source>Accepted: draw %1 &lt; %2.</source>
        <translation>Angenommen: Ziehung %1 &lt; %2.</translation>
    </message>
    <message>
        <source>Rejected: draw %1 ≥ %2.</source>
        <translation>Abgelehnt: Ziehung %1 ≥ %2.</translation>
    </message>
    <message>
        <source>Accepted: it is the target&apos;s most likely token.</source>
        <translation>Angenommen: Es ist das wahrscheinlichste Token des Zielmodells.</translation>
    </message>
    <message>
        <source>Rejected: the target&apos;s most likely token is another one.</source>
        <translation>Abgelehnt: Das wahrscheinlichste Token des Zielmodells ist ein anderes.</translation>
    </message>
    <message>
        <source>Accepted because it was forced.</source>
        <translation>Angenommen, weil es erzwungen wurde.</translation>
    </message>
    <message>
        <source>Bonus: the whole path was accepted, so the target adds one token of its own.</source>
        <translation>Bonus: Der ganze Pfad wurde angenommen, also fügt das Zielmodell ein eigenes Token hinzu.</translation>
    </message>
    <message>
        <source>Correction: no drafted token was accepted here, so the target speaks itself.</source>
        <translation>Korrektur: Hier wurde kein entworfenes Token angenommen, also spricht das Zielmodell selbst.</translation>
    </message>
    <message>
        <source>Never verified: an ancestor was rejected or an earlier sibling accepted.</source>
        <translation>Nie geprüft: Ein Vorfahre wurde abgelehnt oder ein früheres Geschwister angenommen.</translation>
    </message>
    <message>
        <source>Pruned: this candidate lost the re-ranking and was not sent to the target.</source>
        <translation>Gestutzt: Dieser Kandidat unterlag bei der Neuordnung und ging nicht an das Zielmodell.</translation>
    </message>
    <message>
        <source>What comes after this token</source>
        <translation>Was auf dieses Token folgt</translation>
    </message>
    <message>
        <source>What stood to choose from at its parent</source>
        <translation>Was an seinem Elternknoten zur Wahl stand</translation>
    </message>
    <message>
        <source>no laws kept</source>
        <translation>ohne Verteilungen</translation>
    </message>
    <message>
        <source>full vocabulary</source>
        <translation>ganzes Vokabular</translation>
    </message>
    <message>
        <source>top tokens and remaining mass</source>
        <translation>wahrscheinlichste Tokens und restliche Masse</translation>
    </message>
    <message>
        <source>%1 (%2, temperature %3)</source>
        <translation>%1 (%2, Temperatur %3)</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::MethodCard</name>
    <message>
        <source>✓ Lossless: the text is the target&apos;s own.</source>
        <translation>✓ Verlustfrei: Der Text ist der des Zielmodells.</translation>
    </message>
    <message>
        <source>✓ Lossless, except: %1</source>
        <translation>✓ Verlustfrei, außer: %1</translation>
    </message>
    <message>
        <source>≈ Lossy: the text differs from the target&apos;s own. %1</source>
        <translation>≈ Verlustbehaftet: Der Text weicht von dem des Zielmodells ab. %1</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::ParameterEditor</name>
    <message>
        <source>Browse…</source>
        <translation>Wählen …</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::RoundStrip</name>
    <message>
        <source>Rounds</source>
        <translation>Runden</translation>
    </message>
    <message>
        <source>One bar a round will stand here: how many drafted tokens were accepted.</source>
        <translation>Hier wird je Runde ein Balken stehen: wie viele entworfene Tokens angenommen wurden.</translation>
    </message>
    <message>
        <source>Round %1: %2 accepted of %3 levels drafted</source>
        <translation>Runde %1: %2 angenommen von %3 entworfenen Ebenen</translation>
    </message>
    <message>
        <source>%1 rounds, %2 tokens a target pass on average.</source>
        <translation>%1 Runden, im Mittel %2 Tokens je Durchlauf des Zielmodells.</translation>
    </message>
    <message>
        <source>No rounds yet.</source>
        <translation>Noch keine Runden.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::RunSummary</name>
    <message>
        <source>Measure speed-up</source>
        <translation>Beschleunigung messen</translation>
    </message>
    <message>
        <source>Runs plain decoding and this method five times each after a warm-up, on the same prompt, seed and threads, and shows median and spread.</source>
        <translation>Führt nach einem Aufwärmen einfaches Dekodieren und diese Methode je fünfmal aus, mit gleichem Prompt, Startwert und gleichen Threads, und zeigt Median und Streuung.</translation>
    </message>
    <message>
        <source>Measuring…</source>
        <translation>Wird gemessen …</translation>
    </message>
    <message>
        <source>tokens written</source>
        <translation>geschriebene Tokens</translation>
    </message>
    <message>
        <source>Tokens generated up to the moment shown.</source>
        <translation>Bis zum gezeigten Zeitpunkt erzeugte Tokens.</translation>
    </message>
    <message>
        <source>accepted per pass</source>
        <translation>angenommen je Durchlauf</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>Tokens committed per target pass, the extra token counted. Plain decoding is 1.00.</source>
        <translation>Übernommene Tokens je Durchlauf des Zielmodells, das zusätzliche Token mitgezählt. Einfaches Dekodieren hat 1,00.</translation>
    </message>
    <message>
        <source>drafts accepted</source>
        <translation>Entwürfe angenommen</translation>
    </message>
    <message>
        <source>Accepted drafted tokens divided by all drafted tokens.</source>
        <translation>Angenommene entworfene Tokens geteilt durch alle entworfenen Tokens.</translation>
    </message>
    <message>
        <source>speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>tokens/s</source>
        <translation>Tokens/s</translation>
    </message>
    <message>
        <source>Generated tokens divided by the wall time of the rounds shown.</source>
        <translation>Erzeugte Tokens geteilt durch die Laufzeit der gezeigten Runden.</translation>
    </message>
    <message>
        <source>draft / verify / overhead</source>
        <translation>Entwurf / Prüfung / Zusatz</translation>
    </message>
    <message>
        <source>Shares of wall time. The three parts sum to the rounds&apos; time.</source>
        <translation>Anteile an der Laufzeit. Die drei Teile (Entwurf, Prüfung, Zusatzaufwand) ergeben zusammen die Zeit der Runden.</translation>
    </message>
    <message>
        <source>× (n = %1, %2 to %3)</source>
        <translation>× (n = %1, %2 bis %3)</translation>
    </message>
    <message>
        <source>× (n = 1)</source>
        <translation>× (n = 1)</translation>
    </message>
    <message>
        <source>speed-up, measured</source>
        <translation>Beschleunigung, gemessen</translation>
    </message>
    <message>
        <source>Against plain decoding of the same prompt, seed, device and threads. n = 1: this run against one plain decode; the button repeats both.</source>
        <translation>Gegenüber einfachem Dekodieren mit gleichem Prompt, Startwert, Gerät und gleichen Threads. n = 1: dieser Lauf gegen ein einfaches Dekodieren; die Schaltfläche wiederholt beides.</translation>
    </message>
    <message>
        <source>✓ Token for token the same as plain greedy decoding.</source>
        <translation>✓ Token für Token wie einfaches gieriges Dekodieren.</translation>
    </message>
    <message>
        <source>✗ Differs from plain greedy decoding.</source>
        <translation>✗ Weicht vom einfachen gierigen Dekodieren ab.</translation>
    </message>
    <message numerus="yes">
        <source>%n decision(s) were ties.</source>
        <translation>
            <numerusform>%n Entscheidung war ein Gleichstand.</numerusform>
            <numerusform>%n Entscheidungen waren Gleichstände.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::TextView</name>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>The text will be written here, each token marked by where it came from.</source>
        <translation>Hier entsteht der Text, jedes Token nach seiner Herkunft markiert.</translation>
    </message>
    <message numerus="yes">
        <source>Text of %n tokens.</source>
        <translation>
            <numerusform>Text aus %n Token.</numerusform>
            <numerusform>Text aus %n Tokens.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::TimePlot</name>
    <message>
        <source>Time of each round</source>
        <translation>Zeit je Runde</translation>
    </message>
    <message>
        <source>Where each round&apos;s time went will stand here: draft, verify, overhead.</source>
        <translation>Hier wird stehen, wohin die Zeit jeder Runde ging: Entwurf, Prüfung, Zusatzaufwand.</translation>
    </message>
    <message>
        <source>verify</source>
        <translation>Prüfung</translation>
    </message>
    <message>
        <source>draft</source>
        <translation>Entwurf</translation>
    </message>
    <message>
        <source>overhead</source>
        <translation>Rest</translation>
    </message>
    <message>
        <source>round</source>
        <translation>Runde</translation>
    </message>
    <message>
        <source>time (ms)</source>
        <translation>Zeit (ms)</translation>
    </message>
    <message>
        <source>Draft %1 ms, verify %2 ms, overhead %3 ms.</source>
        <translation>Entwurf %1 ms, Prüfung %2 ms, Zusatzaufwand %3 ms.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::Timeline</name>
    <message>
        <source>First round</source>
        <translation>Erste Runde</translation>
    </message>
    <message>
        <source>To the first round (Ctrl+Home)</source>
        <translation>Zur ersten Runde (Strg+Pos1)</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>One round back (Ctrl+Left)</source>
        <translation>Eine Runde zurück (Strg+Links)</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Start</translation>
    </message>
    <message>
        <source>Run, pause and go on (Space)</source>
        <translation>Starten, anhalten und fortsetzen (Leertaste)</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>One round forward (Ctrl+Right); at the end, computes one more</source>
        <translation>Eine Runde vor (Strg+Rechts); am Ende wird eine weitere berechnet</translation>
    </message>
    <message>
        <source>Last round</source>
        <translation>Letzte Runde</translation>
    </message>
    <message>
        <source>To the newest round (Ctrl+End)</source>
        <translation>Zur neuesten Runde (Strg+Ende)</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Stop the run (Esc)</source>
        <translation>Den Lauf stoppen (Esc)</translation>
    </message>
    <message>
        <source>Rounds shown</source>
        <translation>Gezeigte Runden</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>full speed</source>
        <translation>volles Tempo</translation>
    </message>
    <message>
        <source>%1 rounds/s</source>
        <translation>%1 Runden/s</translation>
    </message>
    <message>
        <source>round %1 / %2</source>
        <translation>Runde %1 / %2</translation>
    </message>
    <message>
        <source>no rounds</source>
        <translation>keine Runden</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Replay</source>
        <translation>Abspielen</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::TreeView</name>
    <message>
        <source>Draft tree</source>
        <translation>Entwurfsbaum</translation>
    </message>
    <message>
        <source>The draft trees of a run will grow here, round by round. Press Run.</source>
        <translation>Hier wachsen die Entwurfsbäume eines Laufs, Runde für Runde. „Start“ drücken.</translation>
    </message>
    <message>
        <source>No round is shown yet. Press Run, or move the timeline forward.</source>
        <translation>Noch wird keine Runde gezeigt. „Start“ drücken oder die Zeitleiste vorwärts bewegen.</translation>
    </message>
    <message>
        <source>token %1, round %2, %3, target probability %4, draft probability %5</source>
        <translation>Token %1, Runde %2, %3, Zielwahrscheinlichkeit %4, Entwurfswahrscheinlichkeit %5</translation>
    </message>
    <message>
        <source>%1 · round %2 · depth %3</source>
        <translation>%1 · Runde %2 · Tiefe %3</translation>
    </message>
    <message>
        <source>p %1   q %2   draw %3</source>
        <translation>p %1   q %2   Ziehung %3</translation>
    </message>
    <message>
        <source>entropy after it %1 nats</source>
        <translation>Entropie danach %1 nat</translation>
    </message>
    <message>
        <source>Draft trees of %1 rounds: %2 nodes accepted, %3 rejected, %4 never verified, %5 pruned.</source>
        <translation>Entwurfsbäume aus %1 Runden: %2 Knoten angenommen, %3 abgelehnt, %4 nie geprüft, %5 gestutzt.</translation>
    </message>
    <message>
        <source>Accept this token instead and see both futures</source>
        <translation>Stattdessen dieses Token annehmen und beide Zukünfte sehen</translation>
    </message>
    <message>
        <source>Fork from round %1</source>
        <translation>Ab Runde %1 verzweigen</translation>
    </message>
    <message>
        <source>Fit the whole tree</source>
        <translation>Den ganzen Baum einpassen</translation>
    </message>
    <message>
        <source>Show pruned candidates</source>
        <translation>Gestutzte Kandidaten zeigen</translation>
    </message>
</context>
</TS>
