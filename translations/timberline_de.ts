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
    <name>ExitChannel</name>
    <message>
        <source>Probability</source>
        <translation>Wahrscheinlichkeit</translation>
    </message>
    <message>
        <source>Entropy</source>
        <translation>Entropie</translation>
    </message>
    <message>
        <source>Margin</source>
        <translation>Abstand</translation>
    </message>
    <message>
        <source>KL to final</source>
        <translation>KL zur letzten</translation>
    </message>
    <message>
        <source>Agreement</source>
        <translation>Übereinstimmung</translation>
    </message>
    <message>
        <source>Cosine</source>
        <translation>Kosinus</translation>
    </message>
    <message>
        <source>Policy score</source>
        <translation>Regelwert</translation>
    </message>
    <message>
        <source>Probability of the layer&apos;s likeliest token, at temperature 1.</source>
        <translation>Wahrscheinlichkeit des wahrscheinlichsten Tokens der Schicht, bei Temperatur 1.</translation>
    </message>
    <message>
        <source>How undecided the layer is about the next token, over the full vocabulary.</source>
        <translation>Wie unentschieden die Schicht über das nächste Token ist, über das ganze Vokabular.</translation>
    </message>
    <message>
        <source>Probability of the likeliest token minus that of the second likeliest.</source>
        <translation>Wahrscheinlichkeit des wahrscheinlichsten Tokens minus die des zweitwahrscheinlichsten.</translation>
    </message>
    <message>
        <source>How far the layer&apos;s distribution is from the last layer&apos;s; 0 in the last layer.</source>
        <translation>Wie weit die Verteilung der Schicht von der der letzten entfernt ist; 0 in der letzten Schicht.</translation>
    </message>
    <message>
        <source>Whether the layer&apos;s likeliest token is the last layer&apos;s.</source>
        <translation>Ob das wahrscheinlichste Token der Schicht das der letzten Schicht ist.</translation>
    </message>
    <message>
        <source>How little the block turned the hidden state: cosine of its input and output.</source>
        <translation>Wie wenig der Block den verborgenen Zustand gedreht hat: Kosinus zwischen Eingang und Ausgang.</translation>
    </message>
    <message>
        <source>What the policy compares with its threshold; higher is more willing to exit.</source>
        <translation>Was die Ausstiegsregel mit ihrer Schwelle vergleicht; höher heißt eher zum Ausstieg bereit.</translation>
    </message>
    <message>
        <source>nats</source>
        <translation>nat</translation>
    </message>
    <message>
        <source>computed</source>
        <translation>berechnet</translation>
    </message>
    <message>
        <source>propagated from the exit</source>
        <translation>vom Ausstieg weitergereicht</translation>
    </message>
    <message>
        <source>copied from the exit layer</source>
        <translation>aus der Ausstiegsschicht kopiert</translation>
    </message>
    <message>
        <source>deferred, not needed so far</source>
        <translation>aufgeschoben, bisher nicht gebraucht</translation>
    </message>
    <message>
        <source>filled in later</source>
        <translation>später nachgetragen</translation>
    </message>
    <message>
        <source>absent: later tokens do not see it</source>
        <translation>fehlt: spätere Tokens sehen es nicht</translation>
    </message>
    <message>
        <source>propagate</source>
        <translation>weiterreichen</translation>
    </message>
    <message>
        <source>copy</source>
        <translation>kopieren</translation>
    </message>
    <message>
        <source>defer</source>
        <translation>aufschieben</translation>
    </message>
    <message>
        <source>mask</source>
        <translation>maskieren</translation>
    </message>
    <message>
        <source>oracle</source>
        <translation>Orakel</translation>
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
    <name>HeadMark</name>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
</context>
<context>
    <name>HeadStatistic</name>
    <message>
        <source>nats</source>
        <translation>nat</translation>
    </message>
    <message>
        <source>Entropy</source>
        <translation>Entropie</translation>
    </message>
    <message>
        <source>Mean entropy of the rows of attention: 0 = one key, ln n = all n visible keys alike.</source>
        <translation>Mittlere Entropie der Attention-Zeilen: 0 = ein Schlüssel, ln n = alle n sichtbaren Schlüssel gleich.</translation>
    </message>
    <message>
        <source>Entropy, last row</source>
        <translation>Entropie, letzte Zeile</translation>
    </message>
    <message>
        <source>Entropy of the newest row alone.</source>
        <translation>Entropie der neuesten Zeile allein.</translation>
    </message>
    <message>
        <source>Entropy, least</source>
        <translation>Entropie, kleinste</translation>
    </message>
    <message>
        <source>Smallest entropy of a row.</source>
        <translation>Kleinste Entropie einer Zeile.</translation>
    </message>
    <message>
        <source>Entropy, 5 %</source>
        <translation>Entropie, 5 %</translation>
    </message>
    <message>
        <source>Five rows of a hundred lie below.</source>
        <translation>Fünf von hundert Zeilen liegen darunter.</translation>
    </message>
    <message>
        <source>Entropy, median</source>
        <translation>Entropie, Median</translation>
    </message>
    <message>
        <source>Half of the rows lie below.</source>
        <translation>Die Hälfte der Zeilen liegt darunter.</translation>
    </message>
    <message>
        <source>Entropy, 95 %</source>
        <translation>Entropie, 95 %</translation>
    </message>
    <message>
        <source>Five rows of a hundred lie above.</source>
        <translation>Fünf von hundert Zeilen liegen darüber.</translation>
    </message>
    <message>
        <source>Entropy, most</source>
        <translation>Entropie, größte</translation>
    </message>
    <message>
        <source>Largest entropy of a row.</source>
        <translation>Größte Entropie einer Zeile.</translation>
    </message>
    <message>
        <source>Entropy change</source>
        <translation>Entropieänderung</translation>
    </message>
    <message>
        <source>Mean entropy of the edited run minus that of the unchanged model.</source>
        <translation>Mittlere Entropie des Laufs mit Eingriff minus die des unveränderten Modells.</translation>
    </message>
    <message>
        <source>Map KL</source>
        <translation>Karten-KL</translation>
    </message>
    <message>
        <source>KL divergence of the edited rows from the unchanged ones; infinite where an edited weight is 0 and the unchanged is not.</source>
        <translation>KL-Divergenz der veränderten Zeilen von den unveränderten; unendlich, wo ein verändertes Gewicht 0 ist und das unveränderte nicht.</translation>
    </message>
    <message>
        <source>Map JS</source>
        <translation>Karten-JS</translation>
    </message>
    <message>
        <source>Jensen-Shannon divergence of the rows, 0 to ln 2.</source>
        <translation>Jensen-Shannon-Divergenz der Zeilen, 0 bis ln 2.</translation>
    </message>
    <message>
        <source>Weight moved</source>
        <translation>Verlagertes Gewicht</translation>
    </message>
    <message>
        <source>Total variation: the share of weight that went to other keys.</source>
        <translation>Totalvariation: der Anteil des Gewichts, der zu anderen Schlüsseln ging.</translation>
    </message>
    <message>
        <source>Top key changed</source>
        <translation>Topschlüssel gewechselt</translation>
    </message>
    <message>
        <source>Share of the rows whose largest weight went to another key.</source>
        <translation>Anteil der Zeilen, deren größtes Gewicht zu einem anderen Schlüssel ging.</translation>
    </message>
    <message>
        <source>Map cosine</source>
        <translation>Karten-Kosinus</translation>
    </message>
    <message>
        <source>Cosine between the edited and the unchanged map; 1 = the same direction.</source>
        <translation>Kosinus zwischen veränderter und unveränderter Karte; 1 = gleiche Richtung.</translation>
    </message>
    <message>
        <source>Normalised entropy</source>
        <translation>Normierte Entropie</translation>
    </message>
    <message>
        <source>Mean of entropy divided by ln of the visible keys: 0 = one key, 1 = all keys alike.</source>
        <translation>Mittel aus Entropie geteilt durch ln der sichtbaren Schlüssel: 0 = ein Schlüssel, 1 = alle Schlüssel gleich.</translation>
    </message>
    <message>
        <source>Effective context</source>
        <translation>Effektiver Kontext</translation>
    </message>
    <message>
        <source>keys</source>
        <translation>Schlüssel</translation>
    </message>
    <message>
        <source>Mean of e to the entropy: as many keys as if all had the same weight.</source>
        <translation>Mittel von e hoch Entropie: so viele Schlüssel, als hätten alle das gleiche Gewicht.</translation>
    </message>
    <message>
        <source>Sink</source>
        <translation>Senke</translation>
    </message>
    <message>
        <source>Mean weight on the first tokens, where heads with nothing to do look.</source>
        <translation>Mittleres Gewicht auf den ersten Tokens, wohin Köpfe ohne Aufgabe schauen.</translation>
    </message>
    <message>
        <source>Distance</source>
        <translation>Entfernung</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>Mean distance from the query back to the keys, weighted.</source>
        <translation>Mittlere Entfernung von der Anfrage zurück zu den Schlüsseln, gewichtet.</translation>
    </message>
    <message>
        <source>Previous token</source>
        <translation>Voriges Token</translation>
    </message>
    <message>
        <source>Mean weight on the token just before.</source>
        <translation>Mittleres Gewicht auf dem Token unmittelbar davor.</translation>
    </message>
    <message>
        <source>Induction</source>
        <translation>Induktion</translation>
    </message>
    <message>
        <source>Mean weight on the tokens that followed earlier occurrences of the query&apos;s token; only over tokens that occurred before.</source>
        <translation>Mittleres Gewicht auf den Tokens, die früheren Vorkommen des Tokens der Anfrage folgten; nur über Tokens, die schon vorkamen.</translation>
    </message>
    <message>
        <source>Local</source>
        <translation>Lokal</translation>
    </message>
    <message>
        <source>Mean weight on the nearest tokens, the query&apos;s own included.</source>
        <translation>Mittleres Gewicht auf den nächsten Tokens, das der Anfrage selbst eingeschlossen.</translation>
    </message>
    <message>
        <source>Largest weight</source>
        <translation>Größtes Gewicht</translation>
    </message>
    <message>
        <source>Mean of the largest weight of a row.</source>
        <translation>Mittel des größten Gewichts einer Zeile.</translation>
    </message>
    <message>
        <source>First value&apos;s length</source>
        <translation>Länge des ersten Werts</translation>
    </message>
    <message>
        <source>x median</source>
        <translation>× Median</translation>
    </message>
    <message>
        <source>Length of the first token&apos;s value divided by the median length: sinks have short values.</source>
        <translation>Länge des Wertvektors des ersten Tokens geteilt durch die Medianlänge: Senken haben kurze Wertvektoren.</translation>
    </message>
    <message>
        <source>bits</source>
        <translation>Bit</translation>
    </message>
</context>
<context>
    <name>LawBars</name>
    <message>
        <source>%1 (hatched: differs)</source>
        <translation>%1 (schraffiert: weicht ab)</translation>
    </message>
</context>
<context>
    <name>LayerMap</name>
    <message>
        <source>layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>next</source>
        <translation>nächstes</translation>
    </message>
    <message>
        <source>class</source>
        <translation>Klasse</translation>
    </message>
    <message>
        <source>token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>exit</source>
        <translation>Ausstieg</translation>
    </message>
    <message>
        <source>exits</source>
        <translation>Ausstiege</translation>
    </message>
    <message>
        <source>agrees %</source>
        <translation>einig %</translation>
    </message>
    <message>
        <source>right %</source>
        <translation>richtig %</translation>
    </message>
    <message>
        <source>tuned lens</source>
        <translation>trainierte Linse</translation>
    </message>
    <message>
        <source>own head at each layer</source>
        <translation>eigener Kopf je Schicht</translation>
    </message>
    <message>
        <source>logit lens</source>
        <translation>Logit-Linse</translation>
    </message>
    <message>
        <source>says what the last layer says</source>
        <translation>sagt dasselbe wie die letzte Schicht</translation>
    </message>
    <message>
        <source>says something else</source>
        <translation>sagt etwas anderes</translation>
    </message>
    <message>
        <source>exit in the run</source>
        <translation>Ausstieg im Lauf</translation>
    </message>
    <message>
        <source>not run, read for the picture</source>
        <translation>nicht gelaufen, nur fürs Bild gelesen</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>nicht bekannt</translation>
    </message>
    <message>
        <source>keys and values: %1</source>
        <translation>Schlüssel und Werte: %1</translation>
    </message>
    <message>
        <source>needs a re-run from token %1 on</source>
        <translation>ab Token %1 ist ein neuer Lauf nötig</translation>
    </message>
</context>
<context>
    <name>MainOptions</name>
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
        <source>--export needs the FILE to export: a record or a config.</source>
        <translation>--export braucht die DATEI, die exportiert werden soll: eine Aufzeichnung oder eine Konfiguration.</translation>
    </message>
    <message>
        <source>timberline --help lists the options.</source>
        <translation>timberline --help listet die Optionen auf.</translation>
    </message>
    <message>
        <source>--format %1: expected a list of svg, png, pdf, csv, json, npy, vtk, obj.</source>
        <translation>--format %1: erwartet wird eine Liste aus svg, png, pdf, csv, json, npy, vtk, obj.</translation>
    </message>
    <message>
        <source>timberline [--open FILE] [--bench draft|exits|attention|landscape] [--size WxH] [--theme light|dark|high-contrast|system] [--language CODE] [--view ID] [--grab OUT.png]
timberline --export DIR [--format svg,png,pdf,csv,json,npy,vtk,obj] FILE
FILE is a model folder, a config (.json), a record (.tlrun) or an exported picture.
</source>
        <translation>timberline [--open DATEI] [--bench draft|exits|attention|landscape] [--size BxH] [--theme light|dark|high-contrast|system] [--language CODE] [--view ID] [--grab BILD.png]
timberline --export ORDNER [--format svg,png,pdf,csv,json,npy,vtk,obj] DATEI
DATEI ist ein Modellordner, eine Konfiguration (.json), eine Aufzeichnung (.tlrun) oder ein exportiertes Bild.
</translation>
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
    <message>
        <source>window</source>
        <translation>Fenster</translation>
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
    <name>PlaneText</name>
    <message>
        <source>random direction, seed %1</source>
        <translation>Zufallsrichtung, Startwert %1</translation>
    </message>
    <message>
        <source>principal component %1 (%2 % of the path&apos;s variance)</source>
        <translation>Hauptkomponente %1 (%2 % der Varianz des Pfades)</translation>
    </message>
    <message>
        <source>principal component %1</source>
        <translation>Hauptkomponente %1</translation>
    </message>
    <message>
        <source>Hessian eigenvector %1 (curvature %2)</source>
        <translation>Hesse-Eigenvektor %1 (Krümmung %2)</translation>
    </message>
    <message>
        <source>Hessian eigenvector %1</source>
        <translation>Hesse-Eigenvektor %1</translation>
    </message>
    <message>
        <source>from 0 = here to 1 = the other network</source>
        <translation>von 0 = hier bis 1 = das andere Netz</translation>
    </message>
    <message>
        <source>through three networks, direction %1</source>
        <translation>durch drei Netze, Richtung %1</translation>
    </message>
    <message>
        <source>against the gradient, 1 = one step</source>
        <translation>gegen den Gradienten, 1 = ein Schritt</translation>
    </message>
    <message>
        <source>along the last update, 1 = one step</source>
        <translation>entlang der letzten Aktualisierung, 1 = ein Schritt</translation>
    </message>
    <message>
        <source>filter-normalised</source>
        <translation>filternormiert</translation>
    </message>
    <message>
        <source>normalised by layer</source>
        <translation>je Schicht normiert</translation>
    </message>
    <message>
        <source>normalised by weight</source>
        <translation>je Gewicht normiert</translation>
    </message>
    <message>
        <source>not normalised</source>
        <translation>nicht normiert</translation>
    </message>
    <message>
        <source>random line</source>
        <translation>Zufallslinie</translation>
    </message>
    <message>
        <source>random plane</source>
        <translation>Zufallsebene</translation>
    </message>
    <message>
        <source>plane of the path (PCA)</source>
        <translation>Ebene des Pfades (PCA)</translation>
    </message>
    <message>
        <source>Hessian line</source>
        <translation>Hesse-Linie</translation>
    </message>
    <message>
        <source>Hessian plane</source>
        <translation>Hesse-Ebene</translation>
    </message>
    <message>
        <source>line between networks</source>
        <translation>Linie zwischen Netzen</translation>
    </message>
    <message>
        <source>plane of networks</source>
        <translation>Ebene durch Netze</translation>
    </message>
    <message>
        <source>gradient line</source>
        <translation>Gradientenlinie</translation>
    </message>
    <message>
        <source>gradient plane</source>
        <translation>Gradientenebene</translation>
    </message>
    <message>
        <source>update line</source>
        <translation>Aktualisierungslinie</translation>
    </message>
    <message>
        <source>update plane</source>
        <translation>Aktualisierungsebene</translation>
    </message>
    <message>
        <source>%1, step %2</source>
        <translation>%1, Schritt %2</translation>
    </message>
    <message>
        <source>Loss %1 on %2</source>
        <translation>Verlust %1 auf %2</translation>
    </message>
    <message>
        <source>α: %1</source>
        <translation>α: %1</translation>
    </message>
    <message>
        <source>β: %1</source>
        <translation>β: %1</translation>
    </message>
    <message>
        <source>biases and gains held</source>
        <translation>Biases und Norm-Faktoren fest</translation>
    </message>
    <message>
        <source>biases and gains scaled</source>
        <translation>Biases und Norm-Faktoren skaliert</translation>
    </message>
    <message>
        <source>biases and gains random</source>
        <translation>Biases und Norm-Faktoren zufällig</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>cosine %1</source>
        <translation>Kosinus %1</translation>
    </message>
    <message>
        <source>together %1 % of the variance</source>
        <translation>zusammen %1 % der Varianz</translation>
    </message>
    <message>
        <source>the same %1 training and %2 test samples at every point (seed %3)</source>
        <translation>an jedem Punkt dieselben %1 Trainings- und %2 Testproben (Startwert %3)</translation>
    </message>
    <message>
        <source>the same %1 training samples at every point (seed %2)</source>
        <translation>an jedem Punkt dieselben %1 Trainingsproben (Startwert %2)</translation>
    </message>
    <message>
        <source>batch norm statistics of the centre</source>
        <translation>Batch-Norm-Statistik des Zentrums</translation>
    </message>
    <message>
        <source>batch norm statistics estimated anew at every point</source>
        <translation>Batch-Norm-Statistik an jedem Punkt neu geschätzt</translation>
    </message>
    <message>
        <source>batch norm statistics of the subset</source>
        <translation>Batch-Norm-Statistik der Teilmenge</translation>
    </message>
    <message>
        <source>batch norm statistics interpolated</source>
        <translation>Batch-Norm-Statistik interpoliert</translation>
    </message>
    <message>
        <source>no batch norm</source>
        <translation>keine Batch-Norm</translation>
    </message>
    <message>
        <source>Centre: step %1, loss %2.</source>
        <translation>Zentrum: Schritt %1, Verlust %2.</translation>
    </message>
    <message>
        <source>α = 1 is %1 of the parameters&apos; length.</source>
        <translation>α = 1 ist das %1-Fache der Länge der Parameter.</translation>
    </message>
    <message>
        <source>α = 1 is %1 of the parameters&apos; length, β = 1 is %2.</source>
        <translation>α = 1 ist das %1-Fache der Länge der Parameter, β = 1 das %2-Fache.</translation>
    </message>
    <message>
        <source>loss</source>
        <translation>Verlust</translation>
    </message>
    <message>
        <source>accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>Test</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>%1 ± %2</source>
        <translation>%1 ± %2</translation>
    </message>
    <message>
        <source>all %1 cells computed</source>
        <translation>alle %1 Zellen berechnet</translation>
    </message>
    <message>
        <source>%1 of %2 cells computed, level %3 of %4</source>
        <translation>%1 von %2 Zellen berechnet, Stufe %3 von %4</translation>
    </message>
    <message>
        <source>random %1</source>
        <translation>zufällig %1</translation>
    </message>
    <message>
        <source>PC %1, %2 %</source>
        <translation>HK %1, %2 %</translation>
    </message>
    <message>
        <source>PC %1</source>
        <translation>HK %1</translation>
    </message>
    <message>
        <source>eigenvector %1</source>
        <translation>Eigenvektor %1</translation>
    </message>
    <message>
        <source>gradient</source>
        <translation>Gradient</translation>
    </message>
    <message>
        <source>update</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>networks</source>
        <translation>Netze</translation>
    </message>
    <message>
        <source>loss, log</source>
        <translation>Verlust, log.</translation>
    </message>
    <message>
        <source>loss above minimum, log</source>
        <translation>Verlust über dem Minimum, log.</translation>
    </message>
</context>
<context>
    <name>ThresholdBar</name>
    <message>
        <source>Patience</source>
        <translation>Geduld</translation>
    </message>
    <message>
        <source>Exit layer</source>
        <translation>Ausstiegsschicht</translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation>Schwelle</translation>
    </message>
    <message>
        <source>%1 (never early)</source>
        <translation>%1 (nie vorzeitig)</translation>
    </message>
</context>
<context>
    <name>TreeView</name>
    <message>
        <source>best tree by the drafter</source>
        <translation>bester Baum nach dem Entwurfsverfahren</translation>
    </message>
    <message>
        <source>longest path of the text</source>
        <translation>längster Pfad des Textes</translation>
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
    <message>
        <source>Floor</source>
        <translation>Untergrenze</translation>
    </message>
    <message>
        <source>Share of the learning rate that is left after the last step.</source>
        <translation>Anteil der Lernrate, der nach dem letzten Schritt bleibt.</translation>
    </message>
    <message>
        <source>Linear decay</source>
        <translation>Linearer Abfall</translation>
    </message>
    <message>
        <source>Falls on a straight line from the full learning rate at the first step to the floor after the last.</source>
        <translation>Fällt geradlinig von der vollen Lernrate im ersten Schritt auf die Untergrenze nach dem letzten.</translation>
    </message>
    <message>
        <source>Constant</source>
        <translation>Konstant</translation>
    </message>
    <message>
        <source>The learning rate stays what it is set to.</source>
        <translation>Die Lernrate bleibt, wie sie eingestellt ist.</translation>
    </message>
    <message>
        <source>Warm-up</source>
        <translation>Aufwärmen</translation>
    </message>
    <message>
        <source>Steps over which the learning rate grows on a straight line; the last of them has the full rate.</source>
        <translation>Schritte, über die die Lernrate geradlinig wächst; der letzte davon hat die volle Rate.</translation>
    </message>
    <message>
        <source>Then</source>
        <translation>Danach</translation>
    </message>
    <message>
        <source>What the learning rate does over the remaining steps.</source>
        <translation>Was die Lernrate über die übrigen Schritte macht.</translation>
    </message>
    <message>
        <source>Cosine</source>
        <translation>Kosinus</translation>
    </message>
    <message>
        <source>Grows on a straight line over the first steps, while gradients are large and statistics young, and then stays, or falls along a cosine or a line.</source>
        <translation>Wächst über die ersten Schritte geradlinig, solange Gradienten groß und Statistiken jung sind, und bleibt dann oder fällt entlang eines Kosinus oder einer Geraden.</translation>
    </message>
    <message>
        <source>Falls along half a cosine, from the full learning rate at the first step to the floor after the last: slow, fast, slow.</source>
        <translation>Fällt entlang eines halben Kosinus, von der vollen Lernrate im ersten Schritt auf die Untergrenze nach dem letzten: langsam, schnell, langsam.</translation>
    </message>
    <message>
        <source>Weight of cross-entropy</source>
        <translation>Gewicht der Kreuzentropie</translation>
    </message>
    <message>
        <source>How much plain cross-entropy is in it: it fits faster and is more easily misled by wrong labels.</source>
        <translation>Wie viel einfache Kreuzentropie darin steckt: Sie passt schneller an und lässt sich von falschen Labels leichter irreführen.</translation>
    </message>
    <message>
        <source>Weight of the reverse term</source>
        <translation>Gewicht des Umkehrterms</translation>
    </message>
    <message>
        <source>How much reverse cross-entropy is in it: it stays bounded on wrong labels.</source>
        <translation>Wie viel umgekehrte Kreuzentropie darin steckt: Sie bleibt bei falschen Labels beschränkt.</translation>
    </message>
    <message>
        <source>Logarithm of 0</source>
        <translation>Logarithmus von 0</translation>
    </message>
    <message>
        <source>The finite number that stands for log 0 in the reverse term.</source>
        <translation>Die endliche Zahl, die im Umkehrterm für log 0 steht.</translation>
    </message>
    <message>
        <source>Symmetric cross-entropy</source>
        <translation>Symmetrische Kreuzentropie</translation>
    </message>
    <message>
        <source>Cross-entropy plus its reverse, in which prediction and label change places. The reverse term is bounded, so wrong labels pull less.</source>
        <translation>Kreuzentropie plus ihre Umkehrung, in der Vorhersage und Label die Plätze tauschen. Der Umkehrterm ist beschränkt, deshalb ziehen falsche Labels weniger.</translation>
    </message>
    <message>
        <source>Focus</source>
        <translation>Fokus</translation>
    </message>
    <message>
        <source>Exponent that takes weight from samples which are fitted already; 0 is cross-entropy.</source>
        <translation>Exponent, der schon angepassten Proben Gewicht nimmt; 0 ist Kreuzentropie.</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>Faktor</translation>
    </message>
    <message>
        <source>Multiplies the loss; the same as scaling the learning rate of plain SGD.</source>
        <translation>Multipliziert den Verlust; dasselbe, wie die Lernrate von einfachem SGD zu skalieren.</translation>
    </message>
    <message>
        <source>Focal loss</source>
        <translation>Focal Loss</translation>
    </message>
    <message>
        <source>Cross-entropy whose weight falls to nothing on samples that are fitted well, so that the hard ones decide the step.</source>
        <translation>Kreuzentropie, deren Gewicht bei gut angepassten Proben gegen nichts fällt, sodass die schweren den Schritt bestimmen.</translation>
    </message>
    <message>
        <source>Target of the label</source>
        <translation>Zielwert des Labels</translation>
    </message>
    <message>
        <source>The logit that the label shall reach; the other classes shall reach 0.</source>
        <translation>Das Logit, das das Label erreichen soll; die anderen Klassen sollen 0 erreichen.</translation>
    </message>
    <message>
        <source>Squared error on logits</source>
        <translation>Quadratfehler auf Logits</translation>
    </message>
    <message>
        <source>Squared distance of the logits to a one-hot label, without a softmax: classification as regression.</source>
        <translation>Quadrierter Abstand der Logits zu einem One-Hot-Label, ohne Softmax: Klassifikation als Regression.</translation>
    </message>
    <message>
        <source>Form</source>
        <translation>Form</translation>
    </message>
    <message>
        <source>The concave term: an exponential, its quadratic expansion, or the exponential beside a focal loss.</source>
        <translation>Der konkave Term: eine Exponentialfunktion, ihre quadratische Entwicklung oder die Exponentialfunktion neben einem Focal Loss.</translation>
    </message>
    <message>
        <source>Exponential (CCEL)</source>
        <translation>Exponentiell (CCEL)</translation>
    </message>
    <message>
        <source>Quadratic (CCQL)</source>
        <translation>Quadratisch (CCQL)</translation>
    </message>
    <message>
        <source>Focal, exponential</source>
        <translation>Focal, exponentiell</translation>
    </message>
    <message>
        <source>Convex share</source>
        <translation>Konvexer Anteil</translation>
    </message>
    <message>
        <source>1 is the convex loss alone; lower values spread the training losses and hide who was in the training set.</source>
        <translation>1 ist der konvexe Verlust allein; kleinere Werte streuen die Trainingsverluste und verbergen, wer in der Trainingsmenge war.</translation>
    </message>
    <message>
        <source>Multiplies the whole loss.</source>
        <translation>Multipliziert den ganzen Verlust.</translation>
    </message>
    <message>
        <source>Exponent of the focal loss; read by the focal form only.</source>
        <translation>Exponent des Focal Loss; nur die Focal-Form liest ihn.</translation>
    </message>
    <message>
        <source>Convex-Concave Loss</source>
        <translation>Convex-Concave Loss</translation>
    </message>
    <message>
        <source>Cross-entropy with a concave term that keeps pushing samples which are fitted already. Training losses spread, and an attacker learns less from them about who was in the training set. The loss is negative for confident samples.</source>
        <translation>Kreuzentropie mit einem konkaven Term, der schon angepasste Proben weiter antreibt. Die Trainingsverluste streuen, und ein Angreifer erfährt aus ihnen weniger darüber, wer in der Trainingsmenge war. Bei sicheren Proben ist der Verlust negativ.</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>Glättung</translation>
    </message>
    <message>
        <source>Share of the target&apos;s mass that is taken from the label and spread evenly; it bounds the confidence.</source>
        <translation>Anteil der Zielmasse, der dem Label genommen und gleichmäßig verteilt wird; er begrenzt die Konfidenz.</translation>
    </message>
    <message>
        <source>Spread over</source>
        <translation>Verteilt auf</translation>
    </message>
    <message>
        <source>Whether the label itself gets its part of the spread mass, as PyTorch does, or only the other classes.</source>
        <translation>Ob auch das Label selbst seinen Teil der verteilten Masse bekommt, wie in PyTorch, oder nur die anderen Klassen.</translation>
    </message>
    <message>
        <source>All classes</source>
        <translation>Alle Klassen</translation>
    </message>
    <message>
        <source>The other classes</source>
        <translation>Die anderen Klassen</translation>
    </message>
    <message>
        <source>Label smoothing</source>
        <translation>Label-Glättung</translation>
    </message>
    <message>
        <source>Cross-entropy to a softened label: part of the mass is spread over the classes, so that the logits stop growing once the margin is large enough.</source>
        <translation>Kreuzentropie zu einem geglätteten Label: Ein Teil der Masse wird über die Klassen verteilt, sodass die Logits nicht weiter wachsen, sobald der Abstand groß genug ist.</translation>
    </message>
    <message>
        <source>Squared error</source>
        <translation>Quadratfehler</translation>
    </message>
    <message>
        <source>Mean squared distance to the target: the usual loss of regression, and the best one under Gaussian noise.</source>
        <translation>Mittlerer quadrierter Abstand zum Zielwert: der übliche Verlust der Regression und der beste bei Gaußschem Rauschen.</translation>
    </message>
    <message>
        <source>a data set with numbers as targets</source>
        <translation>ein Datensatz mit Zahlen als Zielwerten</translation>
    </message>
    <message>
        <source>Brier score</source>
        <translation>Brier-Score</translation>
    </message>
    <message>
        <source>Squared distance between the predicted law and the label: a proper score that stays bounded on samples that are hopeless.</source>
        <translation>Quadrierter Abstand zwischen vorhergesagter Verteilung und Label: ein Proper Score, der auch bei hoffnungslosen Proben beschränkt bleibt.</translation>
    </message>
    <message>
        <source>Largest norm</source>
        <translation>Größte Norm</translation>
    </message>
    <message>
        <source>Rows of logits that are longer are shortened to this; small values resist wrong labels and underfit.</source>
        <translation>Längere Logit-Zeilen werden auf diese Länge gekürzt; kleine Werte widerstehen falschen Labels und passen zu wenig an.</translation>
    </message>
    <message>
        <source>Norm</source>
        <translation>Norm</translation>
    </message>
    <message>
        <source>How the length of a row of logits is measured.</source>
        <translation>Wie die Länge einer Logit-Zeile gemessen wird.</translation>
    </message>
    <message>
        <source>Sum of magnitudes</source>
        <translation>Summe der Beträge</translation>
    </message>
    <message>
        <source>Euclidean</source>
        <translation>Euklidisch</translation>
    </message>
    <message>
        <source>Largest magnitude</source>
        <translation>Größter Betrag</translation>
    </message>
    <message>
        <source>Base loss</source>
        <translation>Basisverlust</translation>
    </message>
    <message>
        <source>The loss of the clipped logits, at its default values; the raw logits are judged by it too.</source>
        <translation>Der Verlust der gekürzten Logits, mit seinen Vorgabewerten; auch die rohen Logits werden nach ihm beurteilt.</translation>
    </message>
    <message>
        <source>Cross-entropy</source>
        <translation>Kreuzentropie</translation>
    </message>
    <message>
        <source>Normalised cross-entropy</source>
        <translation>Normierte Kreuzentropie</translation>
    </message>
    <message>
        <source>Generalised cross-entropy</source>
        <translation>Verallgemeinerte Kreuzentropie</translation>
    </message>
    <message>
        <source>LogitClip</source>
        <translation>LogitClip</translation>
    </message>
    <message>
        <source>Shortens long rows of logits before the base loss sees them, in training only: the loss of a wrong label is bounded, and the network memorises fewer of them.</source>
        <translation>Kürzt lange Logit-Zeilen, bevor der Basisverlust sie sieht, nur im Training: Der Verlust eines falschen Labels ist beschränkt, und das Netz prägt sich weniger davon ein.</translation>
    </message>
    <message>
        <source>Cross-entropy of the label divided by the sum over all labels, which makes any loss robust to evenly spread wrong labels, at the price of slower fitting.</source>
        <translation>Kreuzentropie des Labels geteilt durch die Summe über alle Labels, was jeden Verlust robust gegen gleichmäßig gestreute falsche Labels macht, um den Preis langsamerer Anpassung.</translation>
    </message>
    <message>
        <source>Class weights</source>
        <translation>Klassengewichte</translation>
    </message>
    <message>
        <source>Factor of every class&apos;s loss, in the order of the classes; classes that the list does not name weigh 1.</source>
        <translation>Faktor des Verlusts jeder Klasse, in der Reihenfolge der Klassen; nicht aufgeführte Klassen haben das Gewicht 1.</translation>
    </message>
    <message>
        <source>Logits are divided by it before the softmax; higher values ask for larger margins.</source>
        <translation>Die Logits werden vor dem Softmax dadurch geteilt; höhere Werte verlangen größere Abstände.</translation>
    </message>
    <message>
        <source>LSE penalty</source>
        <translation>LSE-Strafe</translation>
    </message>
    <message>
        <source>Adds this times the square of the log-sum-exp, which keeps the logits from drifting; 0 is off.</source>
        <translation>Addiert das Quadrat des Log-Sum-Exp mal diesen Wert, was die Logits vom Abdriften abhält; 0 ist aus.</translation>
    </message>
    <message>
        <source>The negative log-probability of the label: every sample pulls as hard as its probability is short of 1. The usual loss of classifiers and language models.</source>
        <translation>Die negative Log-Wahrscheinlichkeit des Labels: Jede Probe zieht so stark, wie ihrer Wahrscheinlichkeit an 1 fehlt. Der übliche Verlust von Klassifikatoren und Sprachmodellen.</translation>
    </message>
    <message>
        <source>Samples whose label is less likely than this stop counting (only where the loss is bounded, above cross-entropy); 0 is off.</source>
        <translation>Proben, deren Label unwahrscheinlicher ist als dieser Wert, zählen nicht mehr (nur wo der Verlust beschränkt ist, jenseits der Kreuzentropie); 0 ist aus.</translation>
    </message>
    <message>
        <source>Tau</source>
        <translation>Tau</translation>
    </message>
    <message>
        <source>0 is the sum of exponentials, 1 cross-entropy, between 1 and 2 generalised cross-entropy, 2 the mean absolute error.</source>
        <translation>0 ist die Summe von Exponentialen, 1 Kreuzentropie, zwischen 1 und 2 verallgemeinerte Kreuzentropie, 2 der mittlere absolute Fehler.</translation>
    </message>
    <message>
        <source>Truncation</source>
        <translation>Abschneiden</translation>
    </message>
    <message>
        <source>Exponent</source>
        <translation>Exponent</translation>
    </message>
    <message>
        <source>Near 0 it is cross-entropy, 1 is the mean absolute error: higher values ignore hard samples more.</source>
        <translation>Nahe 0 ist es Kreuzentropie, 1 ist der mittlere absolute Fehler: Höhere Werte übergehen schwere Proben mehr.</translation>
    </message>
    <message>
        <source>Comp-sum losses</source>
        <translation>Comp-Sum-Verluste</translation>
    </message>
    <message>
        <source>One slider from the sum of exponentials over cross-entropy to the mean absolute error: the wrong side of the margin curve goes from exponential to linear to flat.</source>
        <translation>Ein Regler von der Summe von Exponentialen über die Kreuzentropie bis zum mittleren absoluten Fehler: Die falsche Seite der Margin-Kurve geht von exponentiell über linear zu flach.</translation>
    </message>
    <message>
        <source>(1 - p^q) / q of the label&apos;s probability: between cross-entropy, which learns fast, and the mean absolute error, which wrong labels hardly mislead.</source>
        <translation>(1 - p^q) / q der Wahrscheinlichkeit des Labels: zwischen Kreuzentropie, die schnell lernt, und dem mittleren absoluten Fehler, den falsche Labels kaum irreführen.</translation>
    </message>
    <message>
        <source>Radius</source>
        <translation>Radius</translation>
    </message>
    <message>
        <source>How far uphill the second gradient is taken: larger radii seek wider valleys.</source>
        <translation>Wie weit bergauf der zweite Gradient genommen wird: Größere Radien suchen breitere Täler.</translation>
    </message>
    <message>
        <source>Adaptive (ASAM)</source>
        <translation>Adaptiv (ASAM)</translation>
    </message>
    <message>
        <source>Measures the radius relative to each weight&apos;s size; wants a radius of about 0.5 to 2.</source>
        <translation>Misst den Radius relativ zur Größe jedes Gewichts; braucht einen Radius von etwa 0,5 bis 2.</translation>
    </message>
    <message>
        <source>Base optimizer</source>
        <translation>Basisoptimierer</translation>
    </message>
    <message>
        <source>Takes the step with the second gradient. Switching starts its state anew.</source>
        <translation>Macht den Schritt mit dem zweiten Gradienten. Ein Wechsel beginnt seinen Zustand neu.</translation>
    </message>
    <message>
        <source>SGD with momentum</source>
        <translation>SGD mit Momentum</translation>
    </message>
    <message>
        <source>AdamW</source>
        <translation>AdamW</translation>
    </message>
    <message>
        <source>Momentum</source>
        <translation>Momentum</translation>
    </message>
    <message>
        <source>Base SGD: share of the last velocity that is kept.</source>
        <translation>Basis SGD: Anteil der letzten Geschwindigkeit, der erhalten bleibt.</translation>
    </message>
    <message>
        <source>Nesterov</source>
        <translation>Nesterov</translation>
    </message>
    <message>
        <source>Base SGD: looks ahead along the new velocity.</source>
        <translation>Basis SGD: schaut entlang der neuen Geschwindigkeit voraus.</translation>
    </message>
    <message>
        <source>Weight decay</source>
        <translation>Weight Decay</translation>
    </message>
    <message>
        <source>Weight decay of the base optimizer.</source>
        <translation>Weight Decay des Basisoptimierers.</translation>
    </message>
    <message>
        <source>Beta 1</source>
        <translation>Beta 1</translation>
    </message>
    <message>
        <source>Base AdamW: memory of the gradient.</source>
        <translation>Basis AdamW: Gedächtnis des Gradienten.</translation>
    </message>
    <message>
        <source>Beta 2</source>
        <translation>Beta 2</translation>
    </message>
    <message>
        <source>Base AdamW: memory of the squared gradient.</source>
        <translation>Basis AdamW: Gedächtnis des quadrierten Gradienten.</translation>
    </message>
    <message>
        <source>Sharpness-aware minimisation</source>
        <translation>Sharpness-Aware Minimization</translation>
    </message>
    <message>
        <source>Takes the gradient a small step uphill from the weights and applies it at the weights, which prefers wide valleys. Two forward and two backward passes a step.</source>
        <translation>Nimmt den Gradienten einen kleinen Schritt bergauf von den Gewichten und wendet ihn an den Gewichten an, was breite Täler bevorzugt. Zwei Vorwärts- und zwei Rückwärtsdurchläufe je Schritt.</translation>
    </message>
    <message>
        <source>How much of the running mean of the gradient is kept each step.</source>
        <translation>Wie viel vom laufenden Mittel des Gradienten in jedem Schritt erhalten bleibt.</translation>
    </message>
    <message>
        <source>How much of the running mean of the squared gradient is kept each step.</source>
        <translation>Wie viel vom laufenden Mittel des quadrierten Gradienten in jedem Schritt erhalten bleibt.</translation>
    </message>
    <message>
        <source>Epsilon</source>
        <translation>Epsilon</translation>
    </message>
    <message>
        <source>Added to the root of the second moment; limits steps where gradients vanish.</source>
        <translation>Wird zur Wurzel des zweiten Moments addiert; begrenzt Schritte, wo Gradienten verschwinden.</translation>
    </message>
    <message>
        <source>Shrinks weights each step by learning rate times this.</source>
        <translation>Verkleinert die Gewichte in jedem Schritt um Lernrate mal diesen Wert.</translation>
    </message>
    <message>
        <source>Kind of decay</source>
        <translation>Art des Decay</translation>
    </message>
    <message>
        <source>Decoupled shrinks the weights themselves (AdamW); through the gradient is Adam with L2.</source>
        <translation>Entkoppelt verkleinert die Gewichte selbst (AdamW); über den Gradienten ist Adam mit L2.</translation>
    </message>
    <message>
        <source>Decoupled (AdamW)</source>
        <translation>Entkoppelt (AdamW)</translation>
    </message>
    <message>
        <source>Through the gradient (Adam + L2)</source>
        <translation>Über den Gradienten (Adam + L2)</translation>
    </message>
    <message>
        <source>Decay biases too</source>
        <translation>Decay auch für Biases</translation>
    </message>
    <message>
        <source>Weight decay applies to biases, norms and embeddings as well as to weight matrices.</source>
        <translation>Weight Decay gilt für Biases, Normen und Embeddings ebenso wie für Gewichtsmatrizen.</translation>
    </message>
    <message>
        <source>Divides a running mean of the gradient by the root of a running mean of its square, so that every parameter moves by about the learning rate. Wants learning rates near 0.001; weight decay is decoupled from the gradient.</source>
        <translation>Teilt ein laufendes Mittel des Gradienten durch die Wurzel eines laufenden Mittels seines Quadrats, sodass sich jeder Parameter um etwa die Lernrate bewegt. Braucht Lernraten um 0,001; das Weight Decay ist vom Gradienten entkoppelt.</translation>
    </message>
    <message>
        <source>Share of the last velocity that is kept; 0 is plain gradient descent. With a constant slope the step grows by 1 / (1 - momentum).</source>
        <translation>Anteil der letzten Geschwindigkeit, der erhalten bleibt; 0 ist einfacher Gradientenabstieg. Bei gleichbleibender Steigung wächst der Schritt auf das 1 / (1 - Momentum)-Fache.</translation>
    </message>
    <message>
        <source>Steps along gradient plus momentum times the new velocity, which looks ahead.</source>
        <translation>Geht entlang Gradient plus Momentum mal neue Geschwindigkeit, schaut also voraus.</translation>
    </message>
    <message>
        <source>Adds this share of each weight to its gradient (coupled: it passes through the momentum).</source>
        <translation>Addiert diesen Anteil jedes Gewichts zu seinem Gradienten (gekoppelt: er durchläuft das Momentum).</translation>
    </message>
    <message>
        <source>Steps against the gradient of one batch, smoothed by a velocity. Plain descent on a bowl diverges exactly when the learning rate passes 2 / the largest curvature, with momentum 2 (1 + momentum) / the largest curvature.</source>
        <translation>Geht gegen den Gradienten eines Batches, geglättet durch eine Geschwindigkeit. Einfacher Abstieg in einer Mulde divergiert genau dann, wenn die Lernrate 2 / die größte Krümmung übersteigt, mit Momentum 2 (1 + Momentum) / die größte Krümmung.</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>IDX file of the training images, unpacked: train-images-idx3-ubyte of MNIST and its relatives.</source>
        <translation>IDX-Datei der Trainingsbilder, entpackt: train-images-idx3-ubyte von MNIST und Verwandten.</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>Labels</translation>
    </message>
    <message>
        <source>IDX file of the training labels, one byte an image: train-labels-idx1-ubyte.</source>
        <translation>IDX-Datei der Trainingslabels, ein Byte je Bild: train-labels-idx1-ubyte.</translation>
    </message>
    <message>
        <source>Validation images</source>
        <translation>Validierungsbilder</translation>
    </message>
    <message>
        <source>IDX file of the images to validate on (t10k-images-idx3-ubyte); empty keeps a share of the training images.</source>
        <translation>IDX-Datei der Bilder zum Validieren (t10k-images-idx3-ubyte); leer hält einen Anteil der Trainingsbilder zurück.</translation>
    </message>
    <message>
        <source>Validation labels</source>
        <translation>Validierungslabels</translation>
    </message>
    <message>
        <source>IDX file of the labels to validate on; empty where there are no such images.</source>
        <translation>IDX-Datei der Labels zum Validieren; leer, wo es keine solchen Bilder gibt.</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>Klassen</translation>
    </message>
    <message>
        <source>Number of classes; a label from this number on is an error.</source>
        <translation>Zahl der Klassen; ein Label ab dieser Zahl ist ein Fehler.</translation>
    </message>
    <message>
        <source>IDX images (MNIST family)</source>
        <translation>IDX-Bilder (MNIST-Familie)</translation>
    </message>
    <message>
        <source>Images and labels in the format of MNIST, Fashion-MNIST and their relatives, from your own disk; a few bundled digits at first.</source>
        <translation>Bilder und Labels im Format von MNIST, Fashion-MNIST und Verwandten, von der eigenen Festplatte; zunächst einige mitgelieferte Ziffern.</translation>
    </message>
    <message>
        <source>Points</source>
        <translation>Punkte</translation>
    </message>
    <message>
        <source>x, y and class of every point, one after the other; painting with the mouse fills it.</source>
        <translation>x, y und Klasse jedes Punkts, einer nach dem anderen; Malen mit der Maus füllt die Liste.</translation>
    </message>
    <message>
        <source>Painted points</source>
        <translation>Gemalte Punkte</translation>
    </message>
    <message>
        <source>Points that are painted with the mouse, kept in the config as numbers, so that the same picture trains again anywhere.</source>
        <translation>Mit der Maus gemalte Punkte, in der Konfiguration als Zahlen gespeichert, sodass sich dasselbe Bild überall wieder trainieren lässt.</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Folder of the binary version: data_batch_1.bin to data_batch_5.bin, and test_batch.bin to validate on.</source>
        <translation>Ordner der Binärversion: data_batch_1.bin bis data_batch_5.bin und test_batch.bin zum Validieren.</translation>
    </message>
    <message>
        <source>CIFAR-10</source>
        <translation>CIFAR-10</translation>
    </message>
    <message>
        <source>Small colour photographs of ten kinds of things, in the binary version from your own disk; a few bundled drawings at first.</source>
        <translation>Kleine Farbfotos von zehn Arten von Dingen, in der Binärversion von der eigenen Festplatte; zunächst einige mitgelieferte Zeichnungen.</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>Proben</translation>
    </message>
    <message>
        <source>How many samples of each file are taken, by chance; 0 takes all of them.</source>
        <translation>Wie viele Proben jeder Datei zufällig genommen werden; 0 nimmt alle.</translation>
    </message>
    <message>
        <source>Arms</source>
        <translation>Arme</translation>
    </message>
    <message>
        <source>Number of spirals, one class each.</source>
        <translation>Zahl der Spiralen, je eine Klasse.</translation>
    </message>
    <message>
        <source>Turns</source>
        <translation>Windungen</translation>
    </message>
    <message>
        <source>How often each spiral winds around the centre; more turns are harder.</source>
        <translation>Wie oft sich jede Spirale um die Mitte windet; mehr Windungen sind schwerer.</translation>
    </message>
    <message>
        <source>Noise</source>
        <translation>Rauschen</translation>
    </message>
    <message>
        <source>Standard deviation of the points around their spiral, whose outer radius is 1.</source>
        <translation>Standardabweichung der Punkte um ihre Spirale, deren äußerer Radius 1 ist.</translation>
    </message>
    <message>
        <source>Spirals</source>
        <translation>Spiralen</translation>
    </message>
    <message>
        <source>Spirals that wind around each other, one class each: hard for small networks, and the harder the more they turn.</source>
        <translation>Spiralen, die sich umeinander winden, je eine Klasse: schwer für kleine Netze, und umso schwerer, je mehr Windungen sie haben.</translation>
    </message>
    <message>
        <source>Rings</source>
        <translation>Ringe</translation>
    </message>
    <message>
        <source>Number of circles around the origin, one class each; the outermost has radius 1.</source>
        <translation>Zahl der Kreise um den Ursprung, je eine Klasse; der äußerste hat den Radius 1.</translation>
    </message>
    <message>
        <source>Standard deviation of the points around their circle.</source>
        <translation>Standardabweichung der Punkte um ihren Kreis.</translation>
    </message>
    <message>
        <source>Circles around one centre, one class each: a network must learn the radius.</source>
        <translation>Kreise um eine gemeinsame Mitte, je eine Klasse: Ein Netz muss den Radius lernen.</translation>
    </message>
    <message>
        <source>Standard deviation of the points around their moon, whose radius is 1.</source>
        <translation>Standardabweichung der Punkte um ihren Mond, dessen Radius 1 ist.</translation>
    </message>
    <message>
        <source>Two moons</source>
        <translation>Zwei Monde</translation>
    </message>
    <message>
        <source>Two half circles that reach into each other: two classes in the plane that no straight line separates.</source>
        <translation>Zwei Halbkreise, die ineinandergreifen: zwei Klassen in der Ebene, die keine Gerade trennt.</translation>
    </message>
    <message>
        <source>Validation share</source>
        <translation>Validierungsanteil</translation>
    </message>
    <message>
        <source>Share of the samples that training never sees; the validation loss is measured on it.</source>
        <translation>Anteil der Proben, die das Training nie sieht; an ihnen wird der Validierungsverlust gemessen.</translation>
    </message>
    <message>
        <source>How many samples are drawn, validation included.</source>
        <translation>Wie viele Proben gezogen werden, Validierung eingeschlossen.</translation>
    </message>
    <message>
        <source>Text file</source>
        <translation>Textdatei</translation>
    </message>
    <message>
        <source>Any file; each of its bytes is a token, so nothing has to be known about its language.</source>
        <translation>Eine beliebige Datei; jedes ihrer Bytes ist ein Token, sodass über ihre Sprache nichts bekannt sein muss.</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>Kontext</translation>
    </message>
    <message>
        <source>Length of the pieces that the text is cut into; the network sees no farther back.</source>
        <translation>Länge der Stücke, in die der Text geschnitten wird; weiter zurück sieht das Netz nicht.</translation>
    </message>
    <message>
        <source>How many pieces are taken, from the beginning of the text; 0 takes all of them.</source>
        <translation>Wie viele Stücke genommen werden, vom Anfang des Textes an; 0 nimmt alle.</translation>
    </message>
    <message>
        <source>Text file, by bytes</source>
        <translation>Textdatei, byteweise</translation>
    </message>
    <message>
        <source>A text cut into pieces in which the tiny transformer predicts each byte from those before it; a short bundled tale at first.</source>
        <translation>Ein in Stücke geschnittener Text, in dem der winzige Transformer jedes Byte aus den vorigen vorhersagt; zunächst eine kurze mitgelieferte Erzählung.</translation>
    </message>
    <message>
        <source>the transformer as network</source>
        <translation>der Transformer als Netz</translation>
    </message>
    <message>
        <source>CSV file</source>
        <translation>CSV-Datei</translation>
    </message>
    <message>
        <source>A table with one sample a line; all columns but the label&apos;s must hold numbers.</source>
        <translation>Eine Tabelle mit einer Probe je Zeile; alle Spalten außer der des Labels müssen Zahlen enthalten.</translation>
    </message>
    <message>
        <source>Label column</source>
        <translation>Label-Spalte</translation>
    </message>
    <message>
        <source>Name of the column that is predicted, as the header says; empty takes the last one.</source>
        <translation>Name der vorhergesagten Spalte laut Kopfzeile; leer nimmt die letzte.</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>Aufgabe</translation>
    </message>
    <message>
        <source>Whether the label column names classes or holds numbers to predict.</source>
        <translation>Ob die Label-Spalte Klassen nennt oder vorherzusagende Zahlen enthält.</translation>
    </message>
    <message>
        <source>Classification</source>
        <translation>Klassifikation</translation>
    </message>
    <message>
        <source>Regression</source>
        <translation>Regression</translation>
    </message>
    <message>
        <source>Separator</source>
        <translation>Trennzeichen</translation>
    </message>
    <message>
        <source>What stands between two columns; numbers always have a decimal point.</source>
        <translation>Was zwischen zwei Spalten steht; Zahlen haben immer einen Dezimalpunkt.</translation>
    </message>
    <message>
        <source>Comma</source>
        <translation>Komma</translation>
    </message>
    <message>
        <source>Semicolon</source>
        <translation>Semikolon</translation>
    </message>
    <message>
        <source>Tab</source>
        <translation>Tabulator</translation>
    </message>
    <message>
        <source>First line</source>
        <translation>Erste Zeile</translation>
    </message>
    <message>
        <source>Whether the first line names the columns; by itself it does where one of its inputs is no number.</source>
        <translation>Ob die erste Zeile die Spalten benennt; von selbst tut sie es, wenn eine ihrer Eingaben keine Zahl ist.</translation>
    </message>
    <message>
        <source>Find out</source>
        <translation>Erkennen</translation>
    </message>
    <message>
        <source>Column names</source>
        <translation>Spaltennamen</translation>
    </message>
    <message>
        <source>A sample</source>
        <translation>Eine Probe</translation>
    </message>
    <message>
        <source>Standardise</source>
        <translation>Standardisieren</translation>
    </message>
    <message>
        <source>Gives every input, and the target of a regression, mean 0 and standard deviation 1 over the training samples.</source>
        <translation>Gibt jeder Eingabe und dem Zielwert einer Regression über die Trainingsproben Mittelwert 0 und Standardabweichung 1.</translation>
    </message>
    <message>
        <source>CSV table</source>
        <translation>CSV-Tabelle</translation>
    </message>
    <message>
        <source>A table of numbers from your own disk, one sample a line, with classes or numbers to predict; a small bundled one at first.</source>
        <translation>Eine Zahlentabelle von der eigenen Festplatte, eine Probe je Zeile, mit Klassen oder Zahlen als Vorhersageziel; zunächst eine kleine mitgelieferte.</translation>
    </message>
    <message>
        <source>Curve</source>
        <translation>Kurve</translation>
    </message>
    <message>
        <source>The function of x in -1 to 1 that the points lie on before noise.</source>
        <translation>Die Funktion von x in -1 bis 1, auf der die Punkte vor dem Rauschen liegen.</translation>
    </message>
    <message>
        <source>Sine</source>
        <translation>Sinus</translation>
    </message>
    <message>
        <source>Chirp (rising frequency)</source>
        <translation>Chirp (steigende Frequenz)</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Stufe</translation>
    </message>
    <message>
        <source>Triangle wave</source>
        <translation>Dreieckswelle</translation>
    </message>
    <message>
        <source>Cubic</source>
        <translation>Kubisch</translation>
    </message>
    <message>
        <source>Bell</source>
        <translation>Glocke</translation>
    </message>
    <message>
        <source>Smooth left, wild right</source>
        <translation>Links glatt, rechts wild</translation>
    </message>
    <message>
        <source>Standard deviation of the targets around the curve, whose values lie in -1 to 1.</source>
        <translation>Standardabweichung der Zielwerte um die Kurve, deren Werte in -1 bis 1 liegen.</translation>
    </message>
    <message>
        <source>Regression curves</source>
        <translation>Regressionskurven</translation>
    </message>
    <message>
        <source>Noisy points on a curve over -1 to 1: the network&apos;s function can be drawn beside the true one.</source>
        <translation>Verrauschte Punkte auf einer Kurve über -1 bis 1: Die Funktion des Netzes lässt sich neben die wahre zeichnen.</translation>
    </message>
    <message>
        <source>Pixels a side</source>
        <translation>Pixel je Seite</translation>
    </message>
    <message>
        <source>Width and height of every image; small ones train many times faster.</source>
        <translation>Breite und Höhe jedes Bilds; kleine trainieren um ein Vielfaches schneller.</translation>
    </message>
    <message>
        <source>8 x 8</source>
        <translation>8 x 8</translation>
    </message>
    <message>
        <source>28 x 28</source>
        <translation>28 x 28</translation>
    </message>
    <message>
        <source>Variety of hands</source>
        <translation>Vielfalt der Handschriften</translation>
    </message>
    <message>
        <source>How much turn, slant, size, place and wobble differ; 0 writes like print, 1 like people.</source>
        <translation>Wie sehr Drehung, Neigung, Größe, Ort und Zittern sich unterscheiden; 0 schreibt wie gedruckt, 1 wie Menschen.</translation>
    </message>
    <message>
        <source>Pen width</source>
        <translation>Strichbreite</translation>
    </message>
    <message>
        <source>Times the usual width of the pen, which differs from digit to digit.</source>
        <translation>Vielfaches der üblichen Breite des Stifts, die von Ziffer zu Ziffer verschieden ist.</translation>
    </message>
    <message>
        <source>Standard deviation that is added to every pixel, whose values lie in 0 to 1.</source>
        <translation>Standardabweichung des Rauschens, das zu jedem Pixel addiert wird; Pixelwerte liegen in 0 bis 1.</translation>
    </message>
    <message>
        <source>Digits, drawn here</source>
        <translation>Ziffern, hier gezeichnet</translation>
    </message>
    <message>
        <source>Handwritten-looking digits that the program draws itself from pen strokes with a random hand: images to train on without any download.</source>
        <translation>Handschriftlich wirkende Ziffern, die das Programm selbst aus Stiftstrichen mit zufälliger Handschrift zeichnet: Bilder zum Trainieren ohne jeden Download.</translation>
    </message>
    <message>
        <source>Position term</source>
        <translation>Positionsterm</translation>
    </message>
    <message>
        <source>Scores are multiplied by 1 + exp(-exp(beta)) ln n over n visible keys: smaller values sharpen long texts more. 1.5 is the start of training, 2 of fine-tuning.</source>
        <translation>Scores werden mit 1 + exp(-exp(beta)) ln n bei n sichtbaren Schlüsseln multipliziert: Kleinere Werte schärfen lange Texte stärker. 1,5 ist der Startwert beim Training, 2 beim Feintuning.</translation>
    </message>
    <message>
        <source>Temperature by position</source>
        <translation>Temperatur nach Position</translation>
    </message>
    <message>
        <source>The temperature of a query grows with the number of keys that it sees.</source>
        <translation>Die Temperatur einer Anfrage wächst mit der Zahl der Schlüssel, die sie sieht.</translation>
    </message>
    <message>
        <source>Temperature of queries</source>
        <translation>Temperatur der Anfragen</translation>
    </message>
    <message>
        <source>Temperature of values</source>
        <translation>Temperatur der Werte</translation>
    </message>
    <message>
        <source>Query offset</source>
        <translation>Anfragen-Offset</translation>
    </message>
    <message>
        <source>Constant part of the queries&apos; token term: tanh of it is added to their temperature. 0 is where training starts.</source>
        <translation>Konstanter Teil des Token-Terms der Anfragen: Sein tanh wird zu ihrer Temperatur addiert. Bei 0 beginnt das Training.</translation>
    </message>
    <message>
        <source>Value offset</source>
        <translation>Werte-Offset</translation>
    </message>
    <message>
        <source>Constant part of the values&apos; token term: tanh of it is added to their temperature. 0 is where training starts.</source>
        <translation>Konstanter Teil des Token-Terms der Werte: Sein tanh wird zu ihrer Temperatur addiert. Bei 0 beginnt das Training.</translation>
    </message>
    <message>
        <source>Selective self-attention</source>
        <translation>Selektive Self-Attention</translation>
    </message>
    <message>
        <source>what-if, model not trained for this</source>
        <translation>Was-wäre-wenn, Modell nicht dafür trainiert</translation>
    </message>
    <message>
        <source>Two-pass softmax</source>
        <translation>Zweipass-Softmax</translation>
    </message>
    <message>
        <source>The same softmax without looking for the largest score first: every exponential is kept as a mantissa and an exponent, so nothing overflows and memory is read twice instead of three times.</source>
        <translation>Derselbe Softmax, ohne zuerst den größten Score zu suchen: Jede Exponentialfunktion wird als Mantisse und Exponent gehalten, sodass nichts überläuft und der Speicher zweimal statt dreimal gelesen wird.</translation>
    </message>
    <message>
        <source>Softmax attention</source>
        <translation>Softmax-Attention</translation>
    </message>
    <message>
        <source>Exact scaled dot-product attention: what the model was trained with. Every variant is compared with it.</source>
        <translation>Exakte skalierte Skalarprodukt-Attention: damit wurde das Modell trainiert. Jede Variante wird mit ihr verglichen.</translation>
    </message>
    <message>
        <source>Re-weighting</source>
        <translation>Neugewichtung</translation>
    </message>
    <message>
        <source>Sharpens the weights by offset and power (LSSAR); off keeps the plain softplus weights (LSSA).</source>
        <translation>Schärft die Gewichte mit Offset und Potenz (LSSAR); aus behält die einfachen Softplus-Gewichte (LSSA).</translation>
    </message>
    <message>
        <source>Power</source>
        <translation>Potenz</translation>
    </message>
    <message>
        <source>Exponent p of the re-weighting: 3 does best near the training length, 15 for long texts.</source>
        <translation>Exponent p der Neugewichtung: 3 ist nahe der Trainingslänge am besten, 15 bei langen Texten.</translation>
    </message>
    <message>
        <source>Offset</source>
        <translation>Offset</translation>
    </message>
    <message>
        <source>What is taken from N times a weight before the power: larger is sparser; 1 cuts everything below the mean. The first three rows use 0.</source>
        <translation>Was vor der Potenz vom N-Fachen eines Gewichts abgezogen wird: größer ist spärlicher; 1 schneidet alles unter dem Mittelwert ab. Die ersten drei Zeilen verwenden 0.</translation>
    </message>
    <message>
        <source>Factor of the cosines: ln d times ln N as published, ln N, or the constant root of d.</source>
        <translation>Faktor der Kosinuswerte: ln d mal ln N wie veröffentlicht, ln N oder die konstante Wurzel aus d.</translation>
    </message>
    <message>
        <source>Positive map</source>
        <translation>Positive Abbildung</translation>
    </message>
    <message>
        <source>How a scaled cosine becomes a weight that is not negative.</source>
        <translation>Wie aus einem skalierten Kosinus ein nicht negatives Gewicht wird.</translation>
    </message>
    <message>
        <source>Softplus</source>
        <translation>Softplus</translation>
    </message>
    <message>
        <source>Exponential</source>
        <translation>Exponentiell</translation>
    </message>
    <message>
        <source>Sigmoid</source>
        <translation>Sigmoid</translation>
    </message>
    <message>
        <source>Softplus attention with re-weighting</source>
        <translation>Softplus-Attention mit Neugewichtung</translation>
    </message>
    <message>
        <source>Cosines, scaled by the length of the text, become weights by softplus instead of the exponential and are then sharpened by a power: trained that way, a model keeps its loss at many times its training length.</source>
        <translation>Kosinuswerte, nach der Länge des Textes skaliert, werden durch Softplus statt der Exponentialfunktion zu Gewichten und dann durch eine Potenz geschärft: So trainiert, behält ein Modell seinen Verlust beim Vielfachen seiner Trainingslänge.</translation>
    </message>
    <message>
        <source>Softmax temperature</source>
        <translation>Softmax-Temperatur</translation>
    </message>
    <message>
        <source>Scores are divided by it: above 1 heads spread, below 1 they sharpen. Training learns one a head; 1 is the start.</source>
        <translation>Scores werden durch sie geteilt: über 1 streuen Köpfe breiter, unter 1 werden sie schärfer. Das Training lernt eine je Kopf; 1 ist der Anfang.</translation>
    </message>
    <message>
        <source>Entropy-guided attention</source>
        <translation>Entropiegeleitete Attention</translation>
    </message>
    <message>
        <source>Temperature scaling</source>
        <translation>Temperaturskalierung</translation>
    </message>
    <message>
        <source>Finds the one temperature for the logits that makes the validation likelihood largest: above 1 the network was too sure of itself.</source>
        <translation>Findet die eine Temperatur der Logits, bei der die Likelihood der Validierungsproben am größten ist: über 1 war sich das Netz zu sicher.</translation>
    </message>
    <message>
        <source>Label noise and memorisation</source>
        <translation>Label-Rauschen und Auswendiglernen</translation>
    </message>
    <message>
        <source>Of the labels that were flipped on purpose: how many the network memorised, how many it saw through, and which classes it learned to confuse, beside the noise that was really put in.</source>
        <translation>Von den absichtlich vertauschten Labels: wie viele das Netz auswendig lernte, wie viele es durchschaute und welche Klassen es zu verwechseln lernte, neben dem wirklich eingebrachten Rauschen.</translation>
    </message>
    <message>
        <source>label noise in the training settings</source>
        <translation>Label-Rauschen in den Trainingseinstellungen</translation>
    </message>
    <message>
        <source>Proper scores</source>
        <translation>Proper Scores</translation>
    </message>
    <message>
        <source>Log-likelihood, Brier score, the log-likelihood after calibration, and how well confidence tells right answers from wrong ones.</source>
        <translation>Log-Likelihood, Brier-Score, Log-Likelihood nach der Kalibrierung und wie gut die Konfidenz richtige von falschen Antworten trennt.</translation>
    </message>
    <message>
        <source>Bins</source>
        <translation>Intervalle</translation>
    </message>
    <message>
        <source>Number of bins of equal width that the confidences are sorted into.</source>
        <translation>Zahl der gleich breiten Intervalle, in die die Konfidenzen sortiert werden.</translation>
    </message>
    <message>
        <source>Reliability diagram</source>
        <translation>Zuverlässigkeitsdiagramm</translation>
    </message>
    <message>
        <source>Compares how sure the network says it is with how often it is right: expected and largest calibration error, bin by bin.</source>
        <translation>Vergleicht, wie sicher sich das Netz gibt, damit, wie oft es recht hat: erwarteter und größter Kalibrierungsfehler, Intervall für Intervall.</translation>
    </message>
    <message>
        <source>Number of bars of the histogram of losses.</source>
        <translation>Zahl der Balken im Histogramm der Verluste.</translation>
    </message>
    <message>
        <source>Loss variance and histogram</source>
        <translation>Verlustvarianz und Histogramm</translation>
    </message>
    <message>
        <source>Mean, variance and quantiles of cross-entropy over training and validation samples, and their histogram with flipped labels apart. Training losses that are spread wide hide who was trained on.</source>
        <translation>Mittelwert, Varianz und Quantile der Kreuzentropie über Trainings- und Validierungsproben und ihr Histogramm, vertauschte Labels getrennt. Weit gestreute Trainingsverluste verbergen, womit trainiert wurde.</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>Score</translation>
    </message>
    <message>
        <source>What the attacker looks at; the others are reported beside it by their area under the curve.</source>
        <translation>Worauf der Angreifer blickt; die anderen stehen mit ihrer Fläche unter der Kurve daneben.</translation>
    </message>
    <message>
        <source>Cross-entropy of the label</source>
        <translation>Kreuzentropie des Labels</translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation>Konfidenz</translation>
    </message>
    <message>
        <source>Right or wrong</source>
        <translation>Richtig oder falsch</translation>
    </message>
    <message>
        <source>Entropy</source>
        <translation>Entropie</translation>
    </message>
    <message>
        <source>Modified entropy</source>
        <translation>Modifizierte Entropie</translation>
    </message>
    <message>
        <source>Log-odds of the label</source>
        <translation>Log-Odds des Labels</translation>
    </message>
    <message>
        <source>Membership inference</source>
        <translation>Mitgliedschaftsinferenz</translation>
    </message>
    <message>
        <source>Plays an attacker who guesses from the loss whether a sample was in the training set. An area of 0.5 means that nothing leaks; the threshold is the best one for this network, so the attack is an upper bound.</source>
        <translation>Spielt einen Angreifer, der am Verlust errät, ob eine Probe in der Trainingsmenge war. Eine Fläche von 0,5 heißt, dass nichts durchsickert; die Schwelle ist die beste für dieses Netz, der Angriff also eine obere Schranke.</translation>
    </message>
    <message>
        <source>validation samples</source>
        <translation>Validierungsproben</translation>
    </message>
    <message>
        <source>Exits when the hidden states before and after a layer have at least this cosine; 1 never exits.</source>
        <translation>Ausstieg, wenn die verborgenen Zustände vor und nach einer Schicht mindestens diesen Kosinus haben; 1 steigt nie aus.</translation>
    </message>
    <message>
        <source>Hidden-state saturation</source>
        <translation>Sättigung des verborgenen Zustands</translation>
    </message>
    <message>
        <source>A token leaves when a layer hardly turns its hidden state any more; no vocabulary product is needed to decide. The threshold can be calibrated on prompts (Learn then Test).</source>
        <translation>Ein Token steigt aus, wenn eine Schicht seinen verborgenen Zustand kaum noch dreht; für die Entscheidung ist kein Vokabularprodukt nötig. Die Schwelle lässt sich an Prompts kalibrieren (Learn then Test).</translation>
    </message>
    <message>
        <source>Patience</source>
        <translation>Geduld</translation>
    </message>
    <message>
        <source>Exits after this many layers in a row repeat the layer before them; as many as the model has never exit.</source>
        <translation>Ausstieg, wenn so viele Schichten hintereinander die Schicht davor wiederholen; bei so vielen, wie das Modell hat, nie.</translation>
    </message>
    <message>
        <source>A token leaves when several layers in a row agree on the likeliest next token.</source>
        <translation>Ein Token steigt aus, wenn mehrere Schichten hintereinander im wahrscheinlichsten nächsten Token übereinstimmen.</translation>
    </message>
    <message>
        <source>Exits when the best probability exceeds the second best by at least this much; 1 never exits.</source>
        <translation>Ausstieg, wenn die beste Wahrscheinlichkeit die zweitbeste um mindestens so viel übertrifft; 1 steigt nie aus.</translation>
    </message>
    <message>
        <source>Margin</source>
        <translation>Abstand</translation>
    </message>
    <message>
        <source>A token leaves at the first layer whose best next token is far enough ahead of the second best.</source>
        <translation>Ein Token steigt an der ersten Schicht aus, deren bestes nächstes Token weit genug vor dem zweitbesten liegt.</translation>
    </message>
    <message>
        <source>Exits when 1 minus entropy over its largest value ln V is at least this; 1 never exits.</source>
        <translation>Ausstieg, wenn 1 minus Entropie geteilt durch ihren größten Wert ln V mindestens so groß ist; 1 steigt nie aus.</translation>
    </message>
    <message>
        <source>A token leaves at the first layer whose next-token law has little entropy.</source>
        <translation>Ein Token steigt an der ersten Schicht aus, deren Verteilung des nächsten Tokens wenig Entropie hat.</translation>
    </message>
    <message>
        <source>Exits when the likeliest token has at least this probability; 1 never exits.</source>
        <translation>Ausstieg, wenn das wahrscheinlichste Token mindestens diese Wahrscheinlichkeit hat; 1 steigt nie aus.</translation>
    </message>
    <message>
        <source>A token leaves at the first layer whose likeliest next token is probable enough.</source>
        <translation>Ein Token steigt an der ersten Schicht aus, deren wahrscheinlichstes nächstes Token wahrscheinlich genug ist.</translation>
    </message>
    <message>
        <source>Exit layer</source>
        <translation>Ausstiegsschicht</translation>
    </message>
    <message>
        <source>Layer at which every token leaves, counted from 1; past the model&apos;s last layer nothing leaves early.</source>
        <translation>Schicht, an der jedes Token aussteigt, ab 1 gezählt; jenseits der letzten Schicht des Modells steigt nichts früher aus.</translation>
    </message>
    <message>
        <source>Fixed layer</source>
        <translation>Feste Schicht</translation>
    </message>
    <message>
        <source>Every token leaves at the same layer: the baseline that a policy must beat, and the draft of self-speculation.</source>
        <translation>Jedes Token steigt an derselben Schicht aus: der Maßstab, den eine Ausstiegsregel schlagen muss, und der Entwurf der Selbstspekulation.</translation>
    </message>
    <message>
        <source>Random</source>
        <translation>Zufällig</translation>
    </message>
    <message>
        <source>Principal component of the path</source>
        <translation>Hauptkomponente des Pfades</translation>
    </message>
    <message>
        <source>To a point</source>
        <translation>Zu einem Punkt</translation>
    </message>
    <message>
        <source>Through three points</source>
        <translation>Durch drei Punkte</translation>
    </message>
    <message>
        <source>Hessian eigenvector</source>
        <translation>Hesse-Eigenvektor</translation>
    </message>
    <message>
        <source>Gradient step</source>
        <translation>Gradientenschritt</translation>
    </message>
    <message>
        <source>Last update</source>
        <translation>Letzte Aktualisierung</translation>
    </message>
    <message>
        <source>First axis</source>
        <translation>Erste Achse</translation>
    </message>
    <message>
        <source>Direction through parameter space along the first axis of the surface.</source>
        <translation>Richtung im Parameterraum entlang der ersten Achse der Fläche.</translation>
    </message>
    <message>
        <source>Second axis</source>
        <translation>Zweite Achse</translation>
    </message>
    <message>
        <source>Direction along the second axis; none draws a line instead of a surface.</source>
        <translation>Richtung entlang der zweiten Achse; „Keine“ zeichnet eine Linie statt einer Fläche.</translation>
    </message>
    <message>
        <source>None (a line)</source>
        <translation>Keine (eine Linie)</translation>
    </message>
    <message>
        <source>Limits</source>
        <translation>Grenzen</translation>
    </message>
    <message>
        <source>The four numbers below, or wide enough for the path of training; automatic takes the path where an axis is measured along it.</source>
        <translation>Die vier Zahlen darunter oder weit genug für den Trainingspfad; automatisch nimmt den Pfad, wenn eine Achse entlang von ihm gemessen wird.</translation>
    </message>
    <message>
        <source>As given</source>
        <translation>Wie angegeben</translation>
    </message>
    <message>
        <source>The path</source>
        <translation>Der Pfad</translation>
    </message>
    <message>
        <source>First axis from</source>
        <translation>Erste Achse von</translation>
    </message>
    <message>
        <source>Lower end of the first axis, included; 0 is the trained network.</source>
        <translation>Unteres Ende der ersten Achse, eingeschlossen; 0 ist das trainierte Netz.</translation>
    </message>
    <message>
        <source>First axis to</source>
        <translation>Erste Achse bis</translation>
    </message>
    <message>
        <source>Upper end of the first axis, included.</source>
        <translation>Oberes Ende der ersten Achse, eingeschlossen.</translation>
    </message>
    <message>
        <source>Second axis from</source>
        <translation>Zweite Achse von</translation>
    </message>
    <message>
        <source>Lower end of the second axis, included.</source>
        <translation>Unteres Ende der zweiten Achse, eingeschlossen.</translation>
    </message>
    <message>
        <source>Second axis to</source>
        <translation>Zweite Achse bis</translation>
    </message>
    <message>
        <source>Upper end of the second axis, included.</source>
        <translation>Oberes Ende der zweiten Achse, eingeschlossen.</translation>
    </message>
    <message>
        <source>Points along the first axis</source>
        <translation>Punkte der ersten Achse</translation>
    </message>
    <message>
        <source>Networks evaluated along the first axis; an odd number puts one on the middle.</source>
        <translation>Netze, die entlang der ersten Achse ausgewertet werden; eine ungerade Zahl legt eines in die Mitte.</translation>
    </message>
    <message>
        <source>Points along the second axis</source>
        <translation>Punkte der zweiten Achse</translation>
    </message>
    <message>
        <source>Networks evaluated along the second axis.</source>
        <translation>Netze, die entlang der zweiten Achse ausgewertet werden.</translation>
    </message>
    <message>
        <source>Seed of the first axis</source>
        <translation>Startwert der ersten Achse</translation>
    </message>
    <message>
        <source>Draws the random direction of the first axis.</source>
        <translation>Zieht die zufällige Richtung der ersten Achse.</translation>
    </message>
    <message>
        <source>Seed of the second axis</source>
        <translation>Startwert der zweiten Achse</translation>
    </message>
    <message>
        <source>Draws the random direction of the second axis.</source>
        <translation>Zieht die zufällige Richtung der zweiten Achse.</translation>
    </message>
    <message>
        <source>Normalisation</source>
        <translation>Normierung</translation>
    </message>
    <message>
        <source>How random directions are scaled to the weights. Without it, networks that compute the same function can look flat or sharp.</source>
        <translation>Wie zufällige Richtungen auf die Gewichte skaliert werden. Ohne das können Netze, die dieselbe Funktion berechnen, flach oder scharf aussehen.</translation>
    </message>
    <message>
        <source>By filter</source>
        <translation>Je Filter</translation>
    </message>
    <message>
        <source>By layer</source>
        <translation>Je Schicht</translation>
    </message>
    <message>
        <source>By weight</source>
        <translation>Je Gewicht</translation>
    </message>
    <message>
        <source>Biases and gains</source>
        <translation>Biases und Norm-Faktoren</translation>
    </message>
    <message>
        <source>What random directions do to biases and to the gains of norms: leave them, scale them, or move them at random.</source>
        <translation>Was zufällige Richtungen mit Biases und mit den Faktoren von Normen tun: sie lassen, skalieren oder zufällig bewegen.</translation>
    </message>
    <message>
        <source>Stay</source>
        <translation>Bleiben</translation>
    </message>
    <message>
        <source>Move at random</source>
        <translation>Zufällig bewegen</translation>
    </message>
    <message>
        <source>Orthogonal axes</source>
        <translation>Orthogonale Achsen</translation>
    </message>
    <message>
        <source>Takes out of the second random direction what points along the first, before normalisation.</source>
        <translation>Nimmt aus der zweiten zufälligen Richtung vor der Normierung heraus, was entlang der ersten zeigt.</translation>
    </message>
    <message>
        <source>Point of the first axis</source>
        <translation>Punkt der ersten Achse</translation>
    </message>
    <message>
        <source>Where axes to a point lead: first, middle, last, a training step, or a checkpoint file.</source>
        <translation>Wohin Achsen zu einem Punkt führen: first (Anfang), middle (Mitte), last (Ende), ein Trainingsschritt oder eine Checkpoint-Datei.</translation>
    </message>
    <message>
        <source>Point of the second axis</source>
        <translation>Punkt der zweiten Achse</translation>
    </message>
    <message>
        <source>The same for the second axis.</source>
        <translation>Dasselbe für die zweite Achse.</translation>
    </message>
    <message>
        <source>Training samples that every point is evaluated on, always the same ones; 0 takes all. Fewer are faster and widen the error bars.</source>
        <translation>Trainingsproben, auf denen jeder Punkt ausgewertet wird, immer dieselben; 0 nimmt alle. Weniger sind schneller und verbreitern die Fehlerbalken.</translation>
    </message>
    <message>
        <source>Seed of the samples</source>
        <translation>Startwert der Proben</translation>
    </message>
    <message>
        <source>Draws the samples, every class by its share.</source>
        <translation>Zieht die Proben, jede Klasse nach ihrem Anteil.</translation>
    </message>
    <message>
        <source>Test surface</source>
        <translation>Testfläche</translation>
    </message>
    <message>
        <source>Evaluates as many validation samples as well, for a second surface on the same colour scale.</source>
        <translation>Wertet auch ebenso viele Validierungsproben aus, für eine zweite Fläche mit derselben Farbskala.</translation>
    </message>
    <message>
        <source>Batch norm statistics</source>
        <translation>Batch-Norm-Statistik</translation>
    </message>
    <message>
        <source>Stored</source>
        <translation>Gespeichert</translation>
    </message>
    <message>
        <source>Computed at every point</source>
        <translation>An jedem Punkt berechnet</translation>
    </message>
    <message>
        <source>Of the batch</source>
        <translation>Aus dem Batch</translation>
    </message>
    <message>
        <source>Moved along</source>
        <translation>Mitbewegt</translation>
    </message>
    <message>
        <source>Strides</source>
        <translation>Schrittweiten</translation>
    </message>
    <message>
        <source>Steps of the coarse pictures that come first, the coarsest first; empty chooses them.</source>
        <translation>Schrittweiten der groben Bilder, die zuerst kommen, das gröbste zuerst; leer wählt sie selbst.</translation>
    </message>
    <message>
        <source>Start from</source>
        <translation>Ausgehen von</translation>
    </message>
    <message>
        <source>Follow training</source>
        <translation>Training verfolgen</translation>
    </message>
    <message>
        <source>Follow every</source>
        <translation>Verfolgen alle</translation>
    </message>
    <message>
        <source>Snapshots of training between two surfaces; 0 measures the first one and spaces the others so that training loses less than a fifth of its speed. The saved config holds the number.</source>
        <translation>Schnappschüsse des Trainings zwischen zwei Flächen; 0 misst die erste und legt die anderen so, dass das Training weniger als ein Fünftel seines Tempos verliert. Die gespeicherte Konfiguration enthält die Zahl.</translation>
    </message>
    <message>
        <source>Points while following</source>
        <translation>Punkte beim Verfolgen</translation>
    </message>
    <message>
        <source>Networks along each axis of a surface that follows.</source>
        <translation>Netze entlang jeder Achse einer verfolgenden Fläche.</translation>
    </message>
    <message>
        <source>Curvature</source>
        <translation>Krümmung</translation>
    </message>
    <message>
        <source>Largest eigenvalues, trace and spectrum of the Hessian at the end of training, beside the limit of stability 2 / learning rate.</source>
        <translation>Größte Eigenwerte, Spur und Spektrum der Hesse-Matrix am Ende des Trainings, neben der Stabilitätsgrenze 2 / Lernrate.</translation>
    </message>
    <message>
        <source>Curvature every</source>
        <translation>Krümmung alle</translation>
    </message>
    <message>
        <source>Follows the largest eigenvalue along the path, at every so many snapshots; 0 does not.</source>
        <translation>Verfolgt den größten Eigenwert entlang des Pfades, alle so viele Schnappschüsse; 0 verfolgt ihn nicht.</translation>
    </message>
    <message>
        <source>Samples for the curvature</source>
        <translation>Proben für die Krümmung</translation>
    </message>
    <message>
        <source>Training samples that the Hessian is taken on; 0 takes all.</source>
        <translation>Trainingsproben, auf denen die Hesse-Matrix gebildet wird; 0 nimmt alle.</translation>
    </message>
    <message>
        <source>Eigenvalues</source>
        <translation>Eigenwerte</translation>
    </message>
    <message>
        <source>Largest eigenvalues of the Hessian that are found with their vectors.</source>
        <translation>Größte Eigenwerte der Hesse-Matrix, die mit ihren Vektoren gesucht werden.</translation>
    </message>
    <message>
        <source>Lanczos steps</source>
        <translation>Lanczos-Schritte</translation>
    </message>
    <message>
        <source>Most steps of the Lanczos iteration, two gradients each.</source>
        <translation>Höchstzahl der Schritte der Lanczos-Iteration, je zwei Gradienten.</translation>
    </message>
    <message>
        <source>Trace probes</source>
        <translation>Vektoren für die Spur</translation>
    </message>
    <message>
        <source>Random sign vectors for the trace and the spectrum of the Hessian; 0 leaves both out.</source>
        <translation>Zufällige Vorzeichenvektoren für Spur und Spektrum der Hesse-Matrix; 0 lässt beide weg.</translation>
    </message>
    <message>
        <source>Edits of heads</source>
        <translation>Eingriffe in Köpfe</translation>
    </message>
    <message>
        <source>What is changed, in order: &quot;ablate 3.2; scale 1.0 0.5; temperature 0.* 2; swap 2-4.1 lssar&quot;. A place is LAYER.HEAD, each a number, a range or *.</source>
        <translation>Was verändert wird, der Reihe nach: „ablate 3.2; scale 1.0 0.5; temperature 0.* 2; swap 2-4.1 lssar“. Ein Ort ist SCHICHT.KOPF, jedes davon eine Zahl, ein Bereich oder *.</translation>
    </message>
    <message>
        <source>Generate</source>
        <translation>Generieren</translation>
    </message>
    <message>
        <source>Goes on after the prompt, a row a token; off reads the prompt only.</source>
        <translation>Schreibt nach dem Prompt weiter, eine Zeile je Token; aus liest nur den Prompt.</translation>
    </message>
    <message>
        <source>Sink tokens</source>
        <translation>Senken-Tokens</translation>
    </message>
    <message>
        <source>How many of the first tokens count as the attention sink.</source>
        <translation>Wie viele der ersten Tokens als Attention-Senke zählen.</translation>
    </message>
    <message>
        <source>Local window</source>
        <translation>Lokales Fenster</translation>
    </message>
    <message>
        <source>Weight on this many last tokens, the query&apos;s own included, counts as local.</source>
        <translation>Gewicht auf so vielen letzten Tokens, das der Anfrage selbst eingeschlossen, zählt als lokal.</translation>
    </message>
    <message>
        <source>Keep maps up to</source>
        <translation>Karten behalten bis</translation>
    </message>
    <message>
        <source>Texts up to this length keep the map of every head in the record, so that it can be shown without the model; 0 keeps none.</source>
        <translation>Bei Texten bis zu dieser Länge bleibt die Karte jedes Kopfes in der Aufzeichnung, sodass sie sich ohne das Modell zeigen lässt; 0 behält keine.</translation>
    </message>
    <message>
        <source>Compare up to</source>
        <translation>Vergleichen bis</translation>
    </message>
    <message>
        <source>Edited heads are compared with the original, row by row, over at most this many first tokens; 0 compares only the laws of the next token.</source>
        <translation>Veränderte Köpfe werden Zeile für Zeile mit dem Original verglichen, über höchstens so viele erste Tokens; 0 vergleicht nur die Verteilungen des nächsten Tokens.</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>Attention</translation>
    </message>
    <message>
        <source>Subject</source>
        <translation>Gegenstand</translation>
    </message>
    <message>
        <source>Whose layers are read: a language model while it writes, or a small network with an exit after each block.</source>
        <translation>Wessen Schichten gelesen werden: ein Sprachmodell beim Schreiben oder ein kleines Netz mit einem Ausstieg nach jedem Block.</translation>
    </message>
    <message>
        <source>Language model</source>
        <translation>Sprachmodell</translation>
    </message>
    <message>
        <source>Small network</source>
        <translation>Kleines Netz</translation>
    </message>
    <message>
        <source>Checkpoint</source>
        <translation>Checkpoint</translation>
    </message>
    <message>
        <source>Small network: a checkpoint that the training bench wrote, of a network with exits. Empty trains a small one on two moons.</source>
        <translation>Kleines Netz: ein vom Trainings-Arbeitstisch geschriebener Checkpoint eines Netzes mit Ausstiegen. Leer trainiert ein kleines auf zwei Monden.</translation>
    </message>
    <message>
        <source>Decoding</source>
        <translation>Dekodieren</translation>
    </message>
    <message>
        <source>Early exit lets tokens leave under the policy; full runs every layer and only reads them, so that the policy can be tried afterwards.</source>
        <translation>„Früher Ausstieg“ lässt Tokens nach der Regel aussteigen; „Volle Tiefe“ rechnet jede Schicht und liest sie nur, sodass sich die Regel danach ausprobieren lässt.</translation>
    </message>
    <message>
        <source>Early exit</source>
        <translation>Früher Ausstieg</translation>
    </message>
    <message>
        <source>Full depth</source>
        <translation>Volle Tiefe</translation>
    </message>
    <message>
        <source>Keys and values of skipped layers</source>
        <translation>KV übersprungener Schichten</translation>
    </message>
    <message>
        <source>What later tokens find where a token skipped a layer: projections of its last hidden state, a copy of its exit&apos;s, the exact ones once somebody needs them, nothing, or the exact ones at full cost.</source>
        <translation>Welche Schlüssel und Werte spätere Tokens vorfinden, wo ein Token eine Schicht übersprang: Projektionen seines letzten verborgenen Zustands, eine Kopie derer seines Ausstiegs, die exakten, sobald jemand sie braucht, nichts oder die exakten zu vollen Kosten.</translation>
    </message>
    <message>
        <source>Propagate</source>
        <translation>Weiterreichen</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Defer (exact)</source>
        <translation>Aufschieben (exakt)</translation>
    </message>
    <message>
        <source>Mask</source>
        <translation>Maskieren</translation>
    </message>
    <message>
        <source>Oracle (exact)</source>
        <translation>Orakel (exakt)</translation>
    </message>
    <message>
        <source>Earliest exit</source>
        <translation>Frühester Ausstieg</translation>
    </message>
    <message>
        <source>No token leaves before this layer.</source>
        <translation>Vor dieser Schicht steigt kein Token aus.</translation>
    </message>
    <message>
        <source>Exit every</source>
        <translation>Ausstieg alle</translation>
    </message>
    <message>
        <source>Exits stand this many layers apart, counted down from the last one.</source>
        <translation>Ausstiege liegen so viele Schichten auseinander, von der letzten abwärts gezählt.</translation>
    </message>
    <message>
        <source>Exits in the prompt</source>
        <translation>Ausstiege im Prompt</translation>
    </message>
    <message>
        <source>Lets the prompt&apos;s tokens leave early too.</source>
        <translation>Lässt auch die Tokens des Prompts früh aussteigen.</translation>
    </message>
    <message>
        <source>Shadow pass</source>
        <translation>Schattendurchlauf</translation>
    </message>
    <message>
        <source>Reads the layers above an exit beside the text, for the map only; neither timed nor counted as cost.</source>
        <translation>Liest nebenher die Schichten über einem Ausstieg, nur für die Karte; zählt weder als Zeit noch als Kosten.</translation>
    </message>
    <message>
        <source>Small network: how many samples are read, validation samples where there are some.</source>
        <translation>Kleines Netz: wie viele Proben gelesen werden, Validierungsproben, falls es welche gibt.</translation>
    </message>
    <message>
        <source>Candidates kept</source>
        <translation>Behaltene Kandidaten</translation>
    </message>
    <message>
        <source>How many likeliest tokens of every layer the record keeps.</source>
        <translation>Wie viele der wahrscheinlichsten Tokens jeder Schicht die Aufzeichnung behält.</translation>
    </message>
    <message>
        <source>Time full depth</source>
        <translation>Volle Tiefe messen</translation>
    </message>
    <message>
        <source>Runs the same tokens through every layer after the run, to measure what the exits save.</source>
        <translation>Rechnet nach dem Lauf dieselben Tokens durch jede Schicht, um zu messen, was die Ausstiege sparen.</translation>
    </message>
    <message>
        <source>Lens</source>
        <translation>Linse</translation>
    </message>
    <message>
        <source>How a layer is read: through the model&apos;s own last norm and head, or after a trained translator of that layer.</source>
        <translation>Wie eine Schicht gelesen wird: durch die letzte Norm und den Kopf des Modells selbst oder nach einem trainierten Übersetzer dieser Schicht.</translation>
    </message>
    <message>
        <source>Logit lens</source>
        <translation>Logit-Linse</translation>
    </message>
    <message>
        <source>Tuned lens</source>
        <translation>Trainierte Linse</translation>
    </message>
    <message>
        <source>Lens file</source>
        <translation>Linsendatei</translation>
    </message>
    <message>
        <source>Translators of the tuned lens, a safetensors file: read, or written when the lens is trained.</source>
        <translation>Übersetzer der trainierten Linse, eine safetensors-Datei: gelesen oder beim Training der Linse geschrieben.</translation>
    </message>
    <message>
        <source>Train the lens</source>
        <translation>Linse trainieren</translation>
    </message>
    <message>
        <source>Trains the translators before the run and writes them to the lens file.</source>
        <translation>Trainiert die Übersetzer vor dem Lauf und schreibt sie in die Linsendatei.</translation>
    </message>
    <message>
        <source>Training text</source>
        <translation>Trainingstext</translation>
    </message>
    <message>
        <source>Text file to train the lens on; empty takes text that the model itself writes at temperature 1.</source>
        <translation>Textdatei zum Trainieren der Linse; leer nimmt Text, den das Modell selbst bei Temperatur 1 schreibt.</translation>
    </message>
    <message>
        <source>Training tokens</source>
        <translation>Trainingstokens</translation>
    </message>
    <message>
        <source>How many tokens of the text the lens is trained on.</source>
        <translation>Auf wie vielen Tokens des Textes die Linse trainiert wird.</translation>
    </message>
    <message>
        <source>Training steps</source>
        <translation>Trainingsschritte</translation>
    </message>
    <message>
        <source>Tokens a step</source>
        <translation>Tokens je Schritt</translation>
    </message>
    <message>
        <source>Training rate</source>
        <translation>Lernrate der Linse</translation>
    </message>
    <message>
        <source>Learning rate of AdamW; it falls linearly to 0.</source>
        <translation>Lernrate von AdamW; sie fällt linear auf 0.</translation>
    </message>
    <message>
        <source>Start at least squares</source>
        <translation>Start bei kleinsten Quadraten</translation>
    </message>
    <message>
        <source>Exit policy</source>
        <translation>Ausstiegsregel</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netz</translation>
    </message>
    <message>
        <source>What is trained: a perceptron, a small convolutional network, a tiny causal transformer, or a bowl without data whose curvature you choose.</source>
        <translation>Was trainiert wird: ein Perzeptron, ein kleines Faltungsnetz, ein winziger kausaler Transformer oder eine Schale ohne Daten mit wählbarer Krümmung.</translation>
    </message>
    <message>
        <source>Multilayer perceptron</source>
        <translation>Mehrschichtiges Perzeptron</translation>
    </message>
    <message>
        <source>Convolutional network</source>
        <translation>Faltungsnetz</translation>
    </message>
    <message>
        <source>Tiny transformer</source>
        <translation>Mini-Transformer</translation>
    </message>
    <message>
        <source>Quadratic bowl</source>
        <translation>Quadratische Schale</translation>
    </message>
    <message>
        <source>Hidden layers</source>
        <translation>Verborgene Schichten</translation>
    </message>
    <message>
        <source>Widths of the hidden layers, or channels of the convolutions; transformer: width, layers, heads.</source>
        <translation>Breiten der verborgenen Schichten oder Kanäle der Faltungen; Transformer: Breite, Schichten, Köpfe.</translation>
    </message>
    <message>
        <source>Activation</source>
        <translation>Aktivierung</translation>
    </message>
    <message>
        <source>Nonlinearity of the hidden layers; none makes a deep linear network.</source>
        <translation>Nichtlinearität der verborgenen Schichten; „Keine“ ergibt ein tiefes lineares Netz.</translation>
    </message>
    <message>
        <source>ReLU</source>
        <translation>ReLU</translation>
    </message>
    <message>
        <source>tanh</source>
        <translation>tanh</translation>
    </message>
    <message>
        <source>GELU</source>
        <translation>GELU</translation>
    </message>
    <message>
        <source>None (linear)</source>
        <translation>Keine (linear)</translation>
    </message>
    <message>
        <source>Batch norm</source>
        <translation>Batch-Norm</translation>
    </message>
    <message>
        <source>Normalises each hidden unit over the batch, before its activation.</source>
        <translation>Normiert jede verborgene Einheit über den Batch, vor ihrer Aktivierung.</translation>
    </message>
    <message>
        <source>Exit heads</source>
        <translation>Ausstiegsköpfe</translation>
    </message>
    <message>
        <source>A linear head after every hidden block, trained together with the output.</source>
        <translation>Ein linearer Kopf nach jedem verborgenen Block, zusammen mit der Ausgabe trainiert.</translation>
    </message>
    <message>
        <source>Layer norm</source>
        <translation>Layer-Norm</translation>
    </message>
    <message>
        <source>Transformer: norms before attention and feed-forward part. Without them deep layers may lose their attention entropy.</source>
        <translation>Transformer: Normen vor Attention und Feedforward-Teil. Ohne sie können tiefe Schichten ihre Attention-Entropie verlieren.</translation>
    </message>
    <message>
        <source>Entropy-guided</source>
        <translation>Entropiegeleitet</translation>
    </message>
    <message>
        <source>Transformer: each head learns a softmax temperature, and its attention entropy is held near a threshold that it learns too.</source>
        <translation>Transformer: Jeder Kopf lernt eine Softmax-Temperatur, und seine Attention-Entropie wird nahe einer Schwelle gehalten, die er auch lernt.</translation>
    </message>
    <message>
        <source>Curvatures</source>
        <translation>Krümmungen</translation>
    </message>
    <message>
        <source>Quadratic bowl: second derivative along each axis. Gradient descent diverges once the learning rate passes 2 / the largest.</source>
        <translation>Quadratische Schale: zweite Ableitung entlang jeder Achse. Der Gradientenabstieg divergiert, sobald die Lernrate 2 / die größte übersteigt.</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Steps to train; schedules count with it. May be extended while training goes on.</source>
        <translation>Zu trainierende Schritte; Lernratenpläne rechnen damit. Darf während des Trainings verlängert werden.</translation>
    </message>
    <message>
        <source>Batch size</source>
        <translation>Batchgröße</translation>
    </message>
    <message>
        <source>Samples a step. Smaller batches give noisier gradients.</source>
        <translation>Proben je Schritt. Kleinere Batches ergeben stärker verrauschte Gradienten.</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>Lernrate</translation>
    </message>
    <message>
        <source>Length of a step for a gradient of length one, before the schedule&apos;s factor. SGD wants about 0.1, AdamW about 0.003.</source>
        <translation>Länge eines Schritts bei einem Gradienten der Länge eins, vor dem Faktor des Lernratenplans. SGD braucht etwa 0,1, AdamW etwa 0,003.</translation>
    </message>
    <message>
        <source>Clip gradients</source>
        <translation>Gradienten kappen</translation>
    </message>
    <message>
        <source>Longer gradients are shortened to this length; 0 is off.</source>
        <translation>Längere Gradienten werden auf diese Länge gekürzt; 0 ist aus.</translation>
    </message>
    <message>
        <source>Weights of exit heads</source>
        <translation>Gewichte der Ausstiegsköpfe</translation>
    </message>
    <message>
        <source>How much each head&apos;s loss counts: growing with depth, alike, doubling with depth, output and internal heads in turn, or first the output and then the internal heads with the rest frozen.</source>
        <translation>Wie viel der Verlust jedes Kopfes zählt: mit der Tiefe wachsend, gleich, mit der Tiefe verdoppelt, Ausgabe und innere Köpfe abwechselnd oder erst die Ausgabe und dann die inneren Köpfe, während der Rest eingefroren ist.</translation>
    </message>
    <message>
        <source>Growing with depth</source>
        <translation>Mit der Tiefe wachsend</translation>
    </message>
    <message>
        <source>Alike</source>
        <translation>Gleich</translation>
    </message>
    <message>
        <source>Doubling with depth</source>
        <translation>Mit der Tiefe verdoppelt</translation>
    </message>
    <message>
        <source>In turn</source>
        <translation>Abwechselnd</translation>
    </message>
    <message>
        <source>Two stages</source>
        <translation>Zwei Stufen</translation>
    </message>
    <message>
        <source>First stage</source>
        <translation>Erste Stufe</translation>
    </message>
    <message>
        <source>Two stages: share of the steps that train the network before its internal heads.</source>
        <translation>Zwei Stufen: Anteil der Schritte, die das Netz vor seinen inneren Köpfen trainieren.</translation>
    </message>
    <message>
        <source>Equalise gradients</source>
        <translation>Gradienten angleichen</translation>
    </message>
    <message>
        <source>Each block learns from the mean of the heads above it instead of their sum.</source>
        <translation>Jeder Block lernt aus dem Mittelwert der Köpfe über ihm statt aus ihrer Summe.</translation>
    </message>
    <message>
        <source>Entropy regulariser</source>
        <translation>Entropie-Regularisierer</translation>
    </message>
    <message>
        <source>Weight of the penalty on attention entropies outside their head&apos;s band; only for entropy-guided transformers, 0 is off.</source>
        <translation>Gewicht der Strafe auf Attention-Entropien außerhalb des Bandes ihres Kopfes; nur für entropiegeleitete Transformer, 0 ist aus.</translation>
    </message>
    <message>
        <source>Entropy band</source>
        <translation>Entropieband</translation>
    </message>
    <message>
        <source>Half width of the band around the threshold that costs nothing, as a share of the largest entropy.</source>
        <translation>Halbe Breite des straffreien Bandes um die Schwelle, als Anteil an der größten Entropie.</translation>
    </message>
    <message>
        <source>Penalties of rows</source>
        <translation>Strafen der Zeilen</translation>
    </message>
    <message>
        <source>Summed over samples and queries as in the published code, or averaged.</source>
        <translation>Über Proben und Anfragen summiert wie im veröffentlichten Code oder gemittelt.</translation>
    </message>
    <message>
        <source>Summed</source>
        <translation>Summiert</translation>
    </message>
    <message>
        <source>Averaged</source>
        <translation>Gemittelt</translation>
    </message>
    <message>
        <source>Largest entropy</source>
        <translation>Größte Entropie</translation>
    </message>
    <message>
        <source>What thresholds are a share of: ln of the context for every query, or ln of the keys it sees.</source>
        <translation>Wovon Schwellen ein Anteil sind: ln des Kontexts für jede Anfrage oder ln der Schlüssel, die sie sieht.</translation>
    </message>
    <message>
        <source>ln(context)</source>
        <translation>ln(Kontext)</translation>
    </message>
    <message>
        <source>ln(visible keys)</source>
        <translation>ln(sichtbare Schlüssel)</translation>
    </message>
    <message>
        <source>Learn thresholds</source>
        <translation>Schwellen lernen</translation>
    </message>
    <message>
        <source>Entropy thresholds follow the data; off holds them where they are.</source>
        <translation>Entropieschwellen folgen den Daten; aus hält sie, wo sie sind.</translation>
    </message>
    <message>
        <source>Label noise</source>
        <translation>Label-Rauschen</translation>
    </message>
    <message>
        <source>Flips labels of training samples once, with the run&apos;s seed; validation stays clean.</source>
        <translation>Vertauscht einmal Labels von Trainingsproben, mit dem Startwert des Laufs; die Validierung bleibt sauber.</translation>
    </message>
    <message>
        <source>To any other class</source>
        <translation>In jede andere Klasse</translation>
    </message>
    <message>
        <source>To any class</source>
        <translation>In jede Klasse</translation>
    </message>
    <message>
        <source>To the next class</source>
        <translation>In die nächste Klasse</translation>
    </message>
    <message>
        <source>Between similar digits</source>
        <translation>Zwischen ähnlichen Ziffern</translation>
    </message>
    <message>
        <source>Noise rate</source>
        <translation>Rauschrate</translation>
    </message>
    <message>
        <source>Share of the training labels that label noise touches.</source>
        <translation>Anteil der Trainingslabels, die das Label-Rauschen erfasst.</translation>
    </message>
    <message>
        <source>Validate every</source>
        <translation>Validieren alle</translation>
    </message>
    <message>
        <source>Steps between looks at training and validation samples; 0 looks only at the end.</source>
        <translation>Schritte zwischen zwei Blicken auf Trainings- und Validierungsproben; 0 sieht nur am Ende nach.</translation>
    </message>
    <message>
        <source>Samples looked at</source>
        <translation>Betrachtete Proben</translation>
    </message>
    <message>
        <source>Snapshot every</source>
        <translation>Schnappschuss alle</translation>
    </message>
    <message>
        <source>Steps between snapshots of the parameters; 0 takes about a hundred over the run.</source>
        <translation>Schritte zwischen zwei Schnappschüssen der Parameter; 0 macht etwa hundert über den Lauf.</translation>
    </message>
    <message>
        <source>Snapshots kept</source>
        <translation>Behaltene Schnappschüsse</translation>
    </message>
    <message>
        <source>Checkpoint file</source>
        <translation>Checkpoint-Datei</translation>
    </message>
    <message>
        <source>Where the state of training is saved, as safetensors; empty saves none.</source>
        <translation>Wohin der Trainingsstand gespeichert wird, als safetensors; leer speichert keinen.</translation>
    </message>
    <message>
        <source>Checkpoint every</source>
        <translation>Checkpoint alle</translation>
    </message>
    <message>
        <source>Steps between checkpoints; 0 saves about every ten seconds. One is saved at the end in any case.</source>
        <translation>Schritte zwischen zwei Checkpoints; 0 speichert etwa alle zehn Sekunden. Am Ende wird in jedem Fall einer gespeichert.</translation>
    </message>
    <message>
        <source>Resume from</source>
        <translation>Fortsetzen ab</translation>
    </message>
    <message>
        <source>Checkpoint to go on from; empty starts anew.</source>
        <translation>Checkpoint, von dem aus es weitergeht; leer beginnt neu.</translation>
    </message>
    <message>
        <source>Back to step</source>
        <translation>Zurück zu Schritt</translation>
    </message>
    <message>
        <source>When training diverges</source>
        <translation>Wenn das Training divergiert</translation>
    </message>
    <message>
        <source>What happens once loss or parameters are no longer finite numbers.</source>
        <translation>Was geschieht, sobald Verlust oder Parameter keine endlichen Zahlen mehr sind.</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stoppen</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weitermachen</translation>
    </message>
    <message>
        <source>Data set</source>
        <translation>Datensatz</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Verlust</translation>
    </message>
    <message>
        <source>Optimizer</source>
        <translation>Optimierer</translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation>Lernratenplan</translation>
    </message>
    <message>
        <source>Probe at the end</source>
        <translation>Messung am Ende</translation>
    </message>
    <message>
        <source>bytes</source>
        <translation>Byte</translation>
    </message>
    <message>
        <source>layers</source>
        <translation>Schichten</translation>
    </message>
    <message>
        <source>points</source>
        <translation>Punkte</translation>
    </message>
    <message>
        <source>probes</source>
        <translation>Vektoren</translation>
    </message>
    <message>
        <source>samples</source>
        <translation>Proben</translation>
    </message>
    <message>
        <source>snapshots</source>
        <translation>Schnappschüsse</translation>
    </message>
    <message>
        <source>step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation>Schwelle</translation>
    </message>
    <message>
        <source>Thresholds by layer</source>
        <translation>Schwellen je Schicht</translation>
    </message>
    <message>
        <source>One threshold a layer from the first on; the last number counts for all further layers. Empty = one for all.</source>
        <translation>Je Schicht eine Schwelle, von der ersten an; die letzte Zahl gilt für alle weiteren Schichten. Leer = eine für alle.</translation>
    </message>
    <message>
        <source>Decay</source>
        <translation>Abfall</translation>
    </message>
    <message>
        <source>Lowers the threshold from token to token, because late mistakes spoil less text.</source>
        <translation>Senkt die Schwelle von Token zu Token, weil späte Fehler weniger Text verderben.</translation>
    </message>
    <message>
        <source>As in the paper</source>
        <translation>Wie im Artikel</translation>
    </message>
    <message>
        <source>As in the released code</source>
        <translation>Wie im veröffentlichten Code</translation>
    </message>
    <message>
        <source>Decay rate</source>
        <translation>Abfallrate</translation>
    </message>
    <message>
        <source>How fast the threshold falls: the exponent over the whole text.</source>
        <translation>Wie schnell die Schwelle fällt: der Exponent über den ganzen Text.</translation>
    </message>
    <message>
        <source>Draws a coarse surface around the parameters again and again while they are trained, along random directions, on a second thread; the record says what it cost.</source>
        <translation>Zeichnet während des Trainings immer wieder eine grobe Fläche um die Parameter, entlang zufälliger Richtungen, auf einem zweiten Thread; die Aufzeichnung nennt die Kosten.</translation>
    </message>
    <message>
        <source>Adds the offset below to every query&apos;s temperature. A model trained this way has its own value for each token; this one has none.</source>
        <translation>Addiert den Offset unten zur Temperatur jeder Anfrage. Ein so trainiertes Modell hat für jedes Token einen eigenen Wert; dieses hat keinen.</translation>
    </message>
    <message>
        <source>Adds the offset below to the factor of every value, which is 1. A model trained this way has its own factor for each token; this one has none.</source>
        <translation>Addiert den Offset unten zum Faktor jedes Werts, der 1 ist. Ein so trainiertes Modell hat für jedes Token einen eigenen Faktor; dieses hat keinen.</translation>
    </message>
    <message>
        <source>A temperature that grows with the position decouples what is similar from how sparsely a query looks. Temperatures of queries and values by token take training; here each has one constant.</source>
        <translation>Eine Temperatur, die mit der Position wächst, entkoppelt, was ähnlich ist, davon, auf wie wenige Schlüssel eine Anfrage schaut. Temperaturen von Anfragen und Werten je Token brauchen Training; hier hat jede eine Konstante.</translation>
    </message>
    <message>
        <source>A softmax temperature a head, which training learns. There a penalty also keeps each head&apos;s entropy near a learnable threshold, so that heads neither collapse to one key nor overload to all of them: switch on &quot;Entropy-guided&quot; to train the tiny transformer with both.</source>
        <translation>Je Kopf eine Softmax-Temperatur, die das Training lernt. Dort hält außerdem eine Strafe die Entropie jedes Kopfes nahe einer lernbaren Schwelle, sodass Köpfe weder auf einen Schlüssel zusammenfallen noch sich mit allen überladen: „Entropiegeleitet“ einschalten, um den winzigen Transformer mit beidem zu trainieren.</translation>
    </message>
    <message>
        <source>First draft length</source>
        <translation>Erste Entwurfslänge</translation>
    </message>
    <message>
        <source>Tokens of the first draft.</source>
        <translation>Tokens des ersten Entwurfs.</translation>
    </message>
    <message>
        <source>Longer by</source>
        <translation>Länger um</translation>
    </message>
    <message>
        <source>What the draft length gains when every drafted token was accepted.</source>
        <translation>Was die Entwurfslänge gewinnt, wenn jedes entworfene Token angenommen wurde.</translation>
    </message>
    <message>
        <source>Shorter by</source>
        <translation>Kürzer um</translation>
    </message>
    <message>
        <source>What the draft length loses when a drafted token was refused.</source>
        <translation>Was die Entwurfslänge verliert, wenn ein entworfenes Token abgelehnt wurde.</translation>
    </message>
    <message>
        <source>Longest draft</source>
        <translation>Längster Entwurf</translation>
    </message>
    <message>
        <source>Most tokens of one draft. The drafter&apos;s own draft length limits it further.</source>
        <translation>Höchstzahl der Tokens eines Entwurfs. Die Entwurfslänge des Entwurfsverfahrens begrenzt sie weiter.</translation>
    </message>
    <message>
        <source>Longer after success</source>
        <translation>Länger nach Erfolg</translation>
    </message>
    <message>
        <source>Least confidence</source>
        <translation>Kleinste Sicherheit</translation>
    </message>
    <message>
        <source>The draft ends after a token whose draft probability is below this number.</source>
        <translation>Der Entwurf endet nach einem Token, dessen Entwurfswahrscheinlichkeit unter dieser Zahl liegt.</translation>
    </message>
    <message>
        <source>Stop when unsure</source>
        <translation>Halt bei Unsicherheit</translation>
    </message>
    <message>
        <source>Drafts until the draft model gives a token of its own a small probability; that token is still submitted. Nothing is learned from earlier rounds.</source>
        <translation>Entwirft, bis das Entwurfsmodell einem eigenen Token eine kleine Wahrscheinlichkeit gibt; dieses Token wird noch vorgelegt. Aus früheren Runden wird nichts gelernt.</translation>
    </message>
    <message>
        <source>Largest chance of a refusal</source>
        <translation>Größte Chance einer Ablehnung</translation>
    </message>
    <message>
        <source>The draft ends when the chance that any of its tokens is refused rises above this number.</source>
        <translation>Der Entwurf endet, wenn die Chance, dass eines seiner Tokens abgelehnt wird, über diese Zahl steigt.</translation>
    </message>
    <message>
        <source>Shortest draft</source>
        <translation>Kürzester Entwurf</translation>
    </message>
    <message>
        <source>Tokens that are drafted whatever their chance of acceptance.</source>
        <translation>Tokens, die ohne Rücksicht auf ihre Chance der Annahme entworfen werden.</translation>
    </message>
    <message>
        <source>SpecDec++ threshold</source>
        <translation>SpecDec++-Schwelle</translation>
    </message>
    <message>
        <source>Drafts until the chance that some drafted token is refused passes a threshold. The published method trains an acceptance head for these chances; here the draft model&apos;s own probabilities stand in for it, which are not calibrated.</source>
        <translation>Entwirft, bis die Chance, dass ein entworfenes Token abgelehnt wird, eine Schwelle überschreitet. Das veröffentlichte Verfahren trainiert für diese Chancen einen Annahmekopf; hier stehen dafür die eigenen Wahrscheinlichkeiten des Entwurfsmodells, die nicht kalibriert sind.</translation>
    </message>
    <message>
        <source>Accepted tokens assumed</source>
        <translation>Angenommene Treffer vorab</translation>
    </message>
    <message>
        <source>First parameter of the Beta law before any round. Larger starts with longer drafts.</source>
        <translation>Erster Parameter der Beta-Verteilung vor der ersten Runde. Größer beginnt mit längeren Entwürfen.</translation>
    </message>
    <message>
        <source>Refused tokens assumed</source>
        <translation>Angenommene Fehlschläge vorab</translation>
    </message>
    <message>
        <source>Second parameter of the Beta law before any round. Larger starts with shorter drafts.</source>
        <translation>Zweiter Parameter der Beta-Verteilung vor der ersten Runde. Größer beginnt mit kürzeren Entwürfen.</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Gedächtnis</translation>
    </message>
    <message>
        <source>Share of what was learned that a round passes on; below 1 old rounds fade and changes of topic are followed.</source>
        <translation>Anteil des Gelernten, den eine Runde weitergibt; unter 1 verblassen alte Runden, und Themenwechseln wird gefolgt.</translation>
    </message>
    <message>
        <source>Count only what was tried</source>
        <translation>Nur Geprüftes zählen</translation>
    </message>
    <message>
        <source>Tokens after the first refused one were never tried and do not count as refused. Off counts them, which favours short drafts.</source>
        <translation>Tokens nach dem ersten abgelehnten wurden nie geprüft und zählen nicht als abgelehnt. Aus zählt sie mit, was kurze Entwürfe bevorzugt.</translation>
    </message>
    <message>
        <source>Thompson sampling (Beta)</source>
        <translation>Thompson-Sampling (Beta)</translation>
    </message>
    <message>
        <source>Error assumed</source>
        <translation>Angenommener Fehler</translation>
    </message>
    <message>
        <source>Mean of what acceptance minus draft confidence is believed to be before any round.</source>
        <translation>Mittelwert, der vor der ersten Runde für Annahme minus Entwurfssicherheit angenommen wird.</translation>
    </message>
    <message>
        <source>Doubt</source>
        <translation>Zweifel</translation>
    </message>
    <message>
        <source>Standard deviation of that belief before any round. Larger learns and explores more.</source>
        <translation>Standardabweichung dieser Annahme vor der ersten Runde. Größer lernt und erkundet mehr.</translation>
    </message>
    <message>
        <source>Noise of one token</source>
        <translation>Rauschen eines Tokens</translation>
    </message>
    <message>
        <source>Standard deviation of a single token&apos;s outcome around its chance. Larger learns slower.</source>
        <translation>Standardabweichung des Ausgangs eines einzelnen Tokens um seine Chance. Größer lernt langsamer.</translation>
    </message>
    <message>
        <source>Thompson sampling (calibration)</source>
        <translation>Thompson-Sampling (Kalibrierung)</translation>
    </message>
    <message>
        <source>Acceptance by position assumed</source>
        <translation>Angenommene Annahme nach Platz</translation>
    </message>
    <message>
        <source>Chance that the first, second, … child of a node is the accepted one, before any round; its length is the most children of a node.</source>
        <translation>Chance, dass das erste, zweite, … Kind eines Knotens das angenommene ist, vor der ersten Runde; die Länge ist die Höchstzahl der Kinder eines Knotens.</translation>
    </message>
    <message>
        <source>Weight of that assumption</source>
        <translation>Gewicht dieser Annahme</translation>
    </message>
    <message>
        <source>Visits of a node that it counts for beside those of earlier rounds.</source>
        <translation>Besuche eines Knotens, für die sie neben denen früherer Runden zählt.</translation>
    </message>
    <message>
        <source>Most drafted nodes of the shape. The drafter&apos;s own limit cuts it further.</source>
        <translation>Höchstzahl entworfener Knoten der Form. Die Grenze des Entwurfsverfahrens beschneidet sie weiter.</translation>
    </message>
    <message>
        <source>Levels</source>
        <translation>Ebenen</translation>
    </message>
    <message>
        <source>Most levels below the pending token. The drafter&apos;s own draft length limits it further.</source>
        <translation>Höchstzahl der Ebenen unter dem ausstehenden Token. Die Entwurfslänge des Entwurfsverfahrens begrenzt sie weiter.</translation>
    </message>
    <message>
        <source>Cost of a draft pass</source>
        <translation>Kosten eines Entwurfsdurchlaufs</translation>
    </message>
    <message>
        <source>What one pass of the draft costs, in plain passes of the target. A number that you give: nothing is measured.</source>
        <translation>Was ein Durchlauf des Entwurfs kostet, in einfachen Durchläufen des Zielmodells. Eine Zahl, die Sie angeben: gemessen wird nichts.</translation>
    </message>
    <message>
        <source>Cost of a token more to verify</source>
        <translation>Kosten eines weiteren geprüften Tokens</translation>
    </message>
    <message>
        <source>What each drafted token adds to the target&apos;s pass, in plain passes of the target. A number that you give: nothing is measured.</source>
        <translation>Was jedes entworfene Token dem Durchlauf des Zielmodells hinzufügt, in einfachen Durchläufen des Zielmodells. Eine Zahl, die Sie angeben: gemessen wird nichts.</translation>
    </message>
    <message>
        <source>Sequoia optimal tree</source>
        <translation>Optimaler Baum (Sequoia)</translation>
    </message>
    <message>
        <source>Plans the tree shape that commits most tokens for its declared cost, by how often the first, second, … child of a node was the accepted one in earlier rounds. Drafters of chains take only its depth.</source>
        <translation>Plant die Baumform, die für ihre angegebenen Kosten die meisten Tokens übernimmt, danach, wie oft in früheren Runden das erste, zweite, … Kind eines Knotens das angenommene war. Entwurfsverfahren für Ketten übernehmen nur die Tiefe.</translation>
    </message>
    <message>
        <source>Entropy threshold</source>
        <translation>Entropieschwelle</translation>
    </message>
    <message>
        <source>The large model writes while the mean entropy is at least this; 0 asks for it always, a value above the logarithm of the vocabulary never. Must be tuned for each pair.</source>
        <translation>Das große Modell schreibt, solange die mittlere Entropie mindestens so groß ist; 0 verlangt es immer, ein Wert über dem Logarithmus des Vokabulars nie. Muss für jedes Paar eingestellt werden.</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>Tokens whose entropies are averaged: few react fast, many switch calmly.</source>
        <translation>Tokens, deren Entropien gemittelt werden: wenige reagieren schnell, viele wechseln ruhig.</translation>
    </message>
    <message>
        <source>Shortest stay</source>
        <translation>Kürzester Einsatz</translation>
    </message>
    <message>
        <source>Tokens that a model writes at least before the other may take over.</source>
        <translation>Tokens, die ein Modell mindestens schreibt, bevor das andere übernehmen darf.</translation>
    </message>
    <message>
        <source>Hysteresis</source>
        <translation>Hysterese</translation>
    </message>
    <message>
        <source>The large model takes over this far above the threshold and hands back this far below it. 0 is the published rule.</source>
        <translation>Das große Modell übernimmt so weit über der Schwelle und gibt so weit darunter zurück. 0 ist die veröffentlichte Regel.</translation>
    </message>
    <message>
        <source>First model</source>
        <translation>Erstes Modell</translation>
    </message>
    <message>
        <source>The model that writes the first tokens.</source>
        <translation>Das Modell, das die ersten Tokens schreibt.</translation>
    </message>
    <message>
        <source>Small (draft model)</source>
        <translation>Klein (Entwurfsmodell)</translation>
    </message>
    <message>
        <source>Large (target)</source>
        <translation>Groß (Zielmodell)</translation>
    </message>
    <message>
        <source>Entropy adaptive decoding</source>
        <translation>Entropie-adaptives Decodieren</translation>
    </message>
    <message>
        <source>The draft model writes while it is sure of itself, and the target takes over where the mean entropy rises. Nothing is verified: the text differs from the target&apos;s on purpose.</source>
        <translation>Das Entwurfsmodell schreibt, solange es sich sicher ist, und das Zielmodell übernimmt, wo die mittlere Entropie steigt. Nichts wird geprüft: Der Text weicht absichtlich von dem des Zielmodells ab.</translation>
    </message>
    <message>
        <source>First threshold</source>
        <translation>Erste Schwelle</translation>
    </message>
    <message>
        <source>Draft probability below which a token ends the draft, before the first round.</source>
        <translation>Entwurfswahrscheinlichkeit, unter der ein Token den Entwurf beendet, vor der ersten Runde.</translation>
    </message>
    <message>
        <source>Wanted share accepted</source>
        <translation>Gewünschter angenommener Anteil</translation>
    </message>
    <message>
        <source>The threshold rises while a smaller share of the drafted tokens is accepted, and falls otherwise.</source>
        <translation>Die Schwelle steigt, solange ein kleinerer Anteil der entworfenen Tokens angenommen wird, und fällt sonst.</translation>
    </message>
    <message>
        <source>Step of the threshold</source>
        <translation>Schritt der Schwelle</translation>
    </message>
    <message>
        <source>How far one round would move the threshold.</source>
        <translation>Wie weit eine Runde die Schwelle verschieben würde.</translation>
    </message>
    <message>
        <source>Memory of the share</source>
        <translation>Gedächtnis des Anteils</translation>
    </message>
    <message>
        <source>Weight of earlier rounds in the moving share of accepted tokens.</source>
        <translation>Gewicht früherer Runden im gleitenden Anteil angenommener Tokens.</translation>
    </message>
    <message>
        <source>Memory of the threshold</source>
        <translation>Gedächtnis der Schwelle</translation>
    </message>
    <message>
        <source>Weight of the old threshold in the new one.</source>
        <translation>Gewicht der alten Schwelle in der neuen.</translation>
    </message>
    <message>
        <source>Draft &amp; Verify threshold</source>
        <translation>Draft-&amp;-Verify-Schwelle</translation>
    </message>
    <message>
        <source>Drafts until the draft model is less sure of a token than a threshold; the threshold moves after each round so that a wanted share of the drafted tokens is accepted.</source>
        <translation>Entwirft, bis das Entwurfsmodell eines Tokens weniger sicher ist als eine Schwelle; diese verschiebt sich nach jeder Runde so, dass ein gewünschter Anteil der entworfenen Tokens angenommen wird.</translation>
    </message>
    <message>
        <source>Candidates</source>
        <translation>Kandidaten</translation>
    </message>
    <message>
        <source>Continuations that are drawn in a round; one of them is chosen. 1 is unguided sampling, more come closer to the tilted law.</source>
        <translation>Fortsetzungen, die in einer Runde gezogen werden; eine davon wird gewählt. 1 ist ungeführtes Ziehen, mehr kommen dem gekippten Gesetz näher.</translation>
    </message>
    <message>
        <source>Softness</source>
        <translation>Weichheit</translation>
    </message>
    <message>
        <source>The text&apos;s law is the model&apos;s times exp(reward / softness): small values follow the reward strictly, 0 takes the best candidate.</source>
        <translation>Das Gesetz des Textes ist das des Modells mal exp(Belohnung / Weichheit): Kleine Werte folgen der Belohnung streng, 0 nimmt den besten Kandidaten.</translation>
    </message>
    <message>
        <source>Block length</source>
        <translation>Blocklänge</translation>
    </message>
    <message>
        <source>Tokens of a candidate. All candidates of a round have at most 256 together.</source>
        <translation>Tokens eines Kandidaten. Alle Kandidaten einer Runde haben zusammen höchstens 256.</translation>
    </message>
    <message>
        <source>Look-ahead</source>
        <translation>Vorausschau</translation>
    </message>
    <message>
        <source>Tokens of the likeliest completion that a candidate is judged by, besides its own.</source>
        <translation>Tokens der wahrscheinlichsten Vervollständigung, nach denen ein Kandidat neben seinen eigenen beurteilt wird.</translation>
    </message>
    <message>
        <source>Value from</source>
        <translation>Wert aus</translation>
    </message>
    <message>
        <source>Likeliest completion</source>
        <translation>Wahrscheinlichste Vervollständigung</translation>
    </message>
    <message>
        <source>Text so far</source>
        <translation>Text bis hierher</translation>
    </message>
    <message>
        <source>Reward</source>
        <translation>Belohnung</translation>
    </message>
    <message>
        <source>What the text is steered towards: wanted words that occur; happy minus sad words by a small English lexicon; a wanted length, in tens of tokens; or the probability under the draft model, in nats.</source>
        <translation>Wohin der Text gelenkt wird: gewünschte Wörter, die vorkommen; fröhliche minus traurige Wörter nach einem kleinen englischen Lexikon; eine gewünschte Länge in Zehnern von Tokens; oder die Wahrscheinlichkeit unter dem Entwurfsmodell in Nats.</translation>
    </message>
    <message>
        <source>Words</source>
        <translation>Wörter</translation>
    </message>
    <message>
        <source>Sentiment (lexicon)</source>
        <translation>Stimmung (Lexikon)</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>Länge</translation>
    </message>
    <message>
        <source>Draft model&apos;s probability</source>
        <translation>Wahrscheinlichkeit des Entwurfsmodells</translation>
    </message>
    <message>
        <source>Wanted words</source>
        <translation>Gewünschte Wörter</translation>
    </message>
    <message>
        <source>Words between commas; each counts once, whatever its case. Read by the reward Words.</source>
        <translation>Wörter, durch Kommas getrennt; jedes zählt einmal, gleich ob groß oder klein geschrieben. Gelesen von der Belohnung Wörter.</translation>
    </message>
    <message>
        <source>Wanted length</source>
        <translation>Gewünschte Länge</translation>
    </message>
    <message>
        <source>Tokens before the end of the text. Read by the reward Length, which sees only texts that the model ends itself.</source>
        <translation>Tokens bis zum Ende des Textes. Gelesen von der Belohnung Länge, die nur Texte sieht, die das Modell selbst beendet.</translation>
    </message>
    <message>
        <source>Proposal temperature</source>
        <translation>Temperatur des Vorschlags</translation>
    </message>
    <message>
        <source>Temperature at which candidates are drawn; 0 takes the text&apos;s own. Weights make up for the difference. Without effect where the text is greedy.</source>
        <translation>Temperatur, bei der die Kandidaten gezogen werden; 0 nimmt die des Textes. Gewichte gleichen den Unterschied aus. Ohne Wirkung, wo der Text greedy ist.</translation>
    </message>
    <message>
        <source>Value-guided sampling</source>
        <translation>Wertgeführtes Ziehen</translation>
    </message>
    <message>
        <source>Draws several continuations, asks a reward how good each is and keeps one of them, good ones more often. The text follows the target&apos;s law tilted by the reward, and it is slower than plain decoding by design.</source>
        <translation>Zieht mehrere Fortsetzungen, fragt eine Belohnung, wie gut jede ist, und behält eine davon, gute häufiger. Der Text folgt dem von der Belohnung gekippten Gesetz des Zielmodells und ist absichtlich langsamer als einfaches Decodieren.</translation>
    </message>
    <message>
        <source>Block length from</source>
        <translation>Blocklänge aus</translation>
    </message>
    <message>
        <source>Where the length of a block comes from: a number, or the ratio of the costs that you give, at which neither model waits for the other.</source>
        <translation>Woher die Länge eines Blocks kommt: eine Zahl oder das Verhältnis der Kosten, die Sie angeben; bei ihm wartet keines der Modelle auf das andere.</translation>
    </message>
    <message>
        <source>The number below</source>
        <translation>der Zahl darunter</translation>
    </message>
    <message>
        <source>Tokens that the draft model writes while the target runs once. Below the ratio of both times the draft idles, above it the target does.</source>
        <translation>Tokens, die das Entwurfsmodell schreibt, während das Zielmodell einmal läuft. Unter dem Verhältnis beider Zeiten ruht der Entwurf, darüber das Zielmodell.</translation>
    </message>
    <message>
        <source>What one pass of the draft costs, in passes of the target; the block length becomes one over it, rounded. A number that you give: nothing is measured.</source>
        <translation>Was ein Durchgang des Entwurfs kostet, in Durchgängen des Zielmodells; die Blocklänge wird eins durch diese Zahl, gerundet. Eine Zahl, die Sie angeben: Nichts wird gemessen.</translation>
    </message>
    <message>
        <source>Overlap</source>
        <translation>Überlappung</translation>
    </message>
    <message>
        <source>Real runs both models at once, each on one thread. Simulated runs one after the other and only reports what overlapping would take: the longer of both times.</source>
        <translation>Echt lässt beide Modelle gleichzeitig laufen, jedes auf einem Thread. Simuliert lässt eins nach dem anderen laufen und berichtet nur, was die Überlappung brauchen würde: die längere der beiden Zeiten.</translation>
    </message>
    <message>
        <source>Real, two threads</source>
        <translation>Echt, zwei Threads</translation>
    </message>
    <message>
        <source>Simulated</source>
        <translation>Simuliert</translation>
    </message>
    <message>
        <source>Pre-verify</source>
        <translation>Vorab prüfen</translation>
    </message>
    <message>
        <source>The target judges the first token of a block while the rest is being written. Off: it waits for the whole block.</source>
        <translation>Das Zielmodell beurteilt das erste Token eines Blocks, während der Rest geschrieben wird. Aus: Es wartet auf den ganzen Block.</translation>
    </message>
    <message>
        <source>Post-verify</source>
        <translation>Nachträglich prüfen</translation>
    </message>
    <message>
        <source>The draft writes the next block while the target judges the last one. Off: it waits for the verdict.</source>
        <translation>Der Entwurf schreibt den nächsten Block, während das Zielmodell den letzten beurteilt. Aus: Er wartet auf das Urteil.</translation>
    </message>
    <message>
        <source>PEARL, drafting while verifying</source>
        <translation>PEARL, Entwerfen während des Prüfens</translation>
    </message>
    <message>
        <source>The draft model writes the next block while the target judges the last one, so that neither waits: the target looks at a block&apos;s first token early, and a refusal revokes what was written meanwhile. The text stays the target&apos;s.</source>
        <translation>Das Entwurfsmodell schreibt den nächsten Block, während das Zielmodell den letzten beurteilt, sodass keines wartet: Das Zielmodell sieht früh auf das erste Token eines Blocks, und eine Ablehnung widerruft, was inzwischen geschrieben wurde. Der Text bleibt der des Zielmodells.</translation>
    </message>
    <message>
        <source>Tokens that are drafted even where none would pay; with 0 a run that stops drafting learns nothing more.</source>
        <translation>Tokens, die auch dann entworfen werden, wenn sich keines lohnt; bei 0 lernt ein Lauf, der nicht mehr entwirft, nichts mehr dazu.</translation>
    </message>
    <message>
        <source>Break-even by declared cost</source>
        <translation>Gewinnschwelle nach angegebenen Kosten</translation>
    </message>
    <message>
        <source>Drafts as many tokens as raise the token rate, by the mean acceptance of earlier rounds and by the costs that you declare.</source>
        <translation>Entwirft so viele Tokens, wie die Tokenrate erhöhen, nach der mittleren Annahme früherer Runden und den Kosten, die Sie angeben.</translation>
    </message>
    <message>
        <source>Share the cache</source>
        <translation>Cache teilen</translation>
    </message>
    <message>
        <source>Drafts chains in the target&apos;s own cache, so that verification goes on from the exit layer; off, and for trees, the lower layers run twice. The text is the same.</source>
        <translation>Entwirft Ketten im Cache des Zielmodells, sodass die Prüfung ab der Ausstiegsschicht weitergeht; ausgeschaltet, und bei Bäumen, laufen die unteren Schichten zweimal. Der Text ist derselbe.</translation>
    </message>
    <message>
        <source>EESD</source>
        <translation>EESD</translation>
    </message>
    <message>
        <source>The target&apos;s first layers and one layer trained by self-distillation draft; the whole target verifies. Goes with the Thompson sampling controllers, which learn how far to draft.</source>
        <translation>Die ersten Schichten des Zielmodells und eine durch Selbstdestillation trainierte Schicht entwerfen; das ganze Zielmodell prüft. Gehört zu den Thompson-Sampling-Steuerungen, die lernen, wie weit entworfen wird.</translation>
    </message>
    <message>
        <source>an EESD layer trained for the target</source>
        <translation>eine für das Zielmodell trainierte EESD-Schicht</translation>
    </message>
    <message>
        <source>EAGLE</source>
        <translation>EAGLE</translation>
    </message>
    <message>
        <source>A small head writes the target&apos;s next hidden rows from the last ones and the tokens chosen so far; the target&apos;s own output matrix turns them into candidates, as a chain or a tree that one target pass verifies.</source>
        <translation>Ein kleiner Kopf schreibt die nächsten verborgenen Zeilen des Zielmodells aus den letzten und den bisher gewählten Token; die Ausgabematrix des Zielmodells macht daraus Kandidaten, als Kette oder Baum, den ein Durchlauf des Zielmodells prüft.</translation>
    </message>
    <message>
        <source>an EAGLE head trained for the target</source>
        <translation>ein für das Zielmodell trainierter EAGLE-Kopf</translation>
    </message>
    <message>
        <source>KOALA on EAGLE</source>
        <translation>KOALA auf EAGLE</translation>
    </message>
    <message>
        <source>An EAGLE head of several layers that was trained against an adversary, so that its laws pass for the target&apos;s; it drafts as EAGLE does.</source>
        <translation>Ein EAGLE-Kopf aus mehreren Schichten, gegen einen Gegenspieler trainiert, damit seine Gesetze als die des Zielmodells durchgehen; er entwirft wie EAGLE.</translation>
    </message>
    <message>
        <source>a KOALA head trained for the target</source>
        <translation>ein für das Zielmodell trainierter KOALA-Kopf</translation>
    </message>
    <message>
        <source>Window width W</source>
        <translation>Fensterbreite W</translation>
    </message>
    <message>
        <source>Positions ahead that are guessed at the same time.</source>
        <translation>Positionen voraus, die gleichzeitig geraten werden.</translation>
    </message>
    <message>
        <source>N-gram length N</source>
        <translation>n-Gramm-Länge N</translation>
    </message>
    <message>
        <source>Tokens of a collected n-gram; a guess is refined N - 1 times before it is used, and drafts are N - 1 long.</source>
        <translation>Tokens eines gesammelten n-Gramms; eine Vermutung wird N - 1 Mal verfeinert, bevor sie verwendet wird, und Entwürfe sind N - 1 lang.</translation>
    </message>
    <message>
        <source>Guesses G</source>
        <translation>Vermutungen G</translation>
    </message>
    <message>
        <source>Most n-grams that are verified in one pass, and kept for each first token.</source>
        <translation>Höchstzahl der n-Gramme, die in einem Durchlauf geprüft und für jedes erste Token behalten werden.</translation>
    </message>
    <message>
        <source>Collect from the text</source>
        <translation>Aus dem Text sammeln</translation>
    </message>
    <message>
        <source>Also collects the n-grams of the prompt and of what has been written.</source>
        <translation>Sammelt auch die n-Gramme des Prompts und des bisher Geschriebenen.</translation>
    </message>
    <message>
        <source>Lookahead decoding</source>
        <translation>Vorausschauendes Dekodieren (Lookahead)</translation>
    </message>
    <message>
        <source>No drafter: each target pass also refines guesses for the next positions, and the n-grams that come of it are verified in later passes. Trades more rows a pass for fewer passes.</source>
        <translation>Kein Entwurfsverfahren: Jeder Durchlauf des Zielmodells verfeinert auch Vermutungen für die nächsten Positionen, und die so entstehenden n-Gramme werden in späteren Durchläufen geprüft. Tauscht mehr Zeilen je Durchlauf gegen weniger Durchläufe.</translation>
    </message>
    <message>
        <source>Layers of the target that draft, then its own norm and head; at most one less than the model has.</source>
        <translation>Schichten des Zielmodells, die entwerfen, danach seine eigene Norm und sein eigener Kopf; höchstens eine weniger, als das Modell hat.</translation>
    </message>
    <message>
        <source>Tokens that the lower layers propose in one round; 0 decodes plainly.</source>
        <translation>Tokens, die die unteren Schichten in einer Runde vorschlagen; 0 dekodiert ohne Entwurf.</translation>
    </message>
    <message>
        <source>Drafts in the target&apos;s own cache, so that verification goes on from the exit layer; off, the lower layers keep a cache of their own and run twice. The text is the same.</source>
        <translation>Entwirft im Cache des Zielmodells, sodass die Prüfung ab der Ausstiegsschicht weitergeht; ausgeschaltet, haben die unteren Schichten einen eigenen Cache und laufen zweimal. Der Text ist derselbe.</translation>
    </message>
    <message>
        <source>Temperature of the exit&apos;s law; -1 takes the target&apos;s. Any value keeps the text exact, it only moves the acceptance.</source>
        <translation>Temperatur der Verteilung des Ausstiegs; -1 übernimmt die des Zielmodells. Der Text bleibt bei jedem Wert exakt, nur die Annahme ändert sich.</translation>
    </message>
    <message>
        <source>Draws drafts only from the k likeliest tokens of the exit; 0 takes the target&apos;s top-k.</source>
        <translation>Zieht Entwürfe nur aus den k wahrscheinlichsten Tokens des Ausstiegs; 0 übernimmt das Top-k des Zielmodells.</translation>
    </message>
    <message>
        <source>Self-speculation</source>
        <translation>Selbstspekulation</translation>
    </message>
    <message>
        <source>The target drafts for itself: its first layers and its own head propose a chain, and the remaining layers verify it, going on from the rows that the first ones left. Needs no second model.</source>
        <translation>Das Zielmodell entwirft für sich selbst: Seine ersten Schichten und sein eigener Kopf schlagen eine Kette vor, und die übrigen Schichten prüfen sie, ausgehend von den Zeilen, die die ersten hinterließen. Braucht kein zweites Modell.</translation>
    </message>
    <message>
        <source>a model of at least two layers</source>
        <translation>ein Modell mit mindestens zwei Schichten</translation>
    </message>
    <message>
        <source>One tree for every round, from how often each rank of each head was right on held-out text; or a tree of each round&apos;s own, from the heads&apos; confidences.</source>
        <translation>Ein Baum für alle Runden, danach, wie oft jeder Rang jedes Kopfes auf zurückgehaltenem Text richtig war; oder für jede Runde ein eigener nach der Zuversicht der Köpfe.</translation>
    </message>
    <message>
        <source>Static (by measured accuracy)</source>
        <translation>Fest (nach gemessener Genauigkeit)</translation>
    </message>
    <message>
        <source>By confidence</source>
        <translation>Nach Zuversicht</translation>
    </message>
    <message>
        <source>Levels of the tree, one head each; 0 decodes plainly. Heads that the folder does not have are left out.</source>
        <translation>Ebenen des Baums, je ein Kopf; 0 dekodiert einfach. Köpfe, die der Ordner nicht hat, entfallen.</translation>
    </message>
    <message>
        <source>Ranks kept</source>
        <translation>Behaltene Ränge</translation>
    </message>
    <message>
        <source>Likeliest tokens of each head that may enter the tree.</source>
        <translation>Wahrscheinlichste Tokens jedes Kopfes, die in den Baum dürfen.</translation>
    </message>
    <message>
        <source>the acceptance rule is typical acceptance</source>
        <translation>die Annahmeregel ist die typische Annahme</translation>
    </message>
    <message>
        <source>Medusa</source>
        <translation>Medusa</translation>
    </message>
    <message>
        <source>Small heads on the target&apos;s last hidden state guess the next tokens all at once; their likeliest combinations form a tree that the target verifies in one pass.</source>
        <translation>Kleine Köpfe auf dem letzten verborgenen Zustand des Zielmodells raten die nächsten Tokens alle auf einmal; ihre wahrscheinlichsten Kombinationen bilden einen Baum, den das Zielmodell in einem Durchgang prüft.</translation>
    </message>
    <message>
        <source>Medusa heads trained for this target</source>
        <translation>Medusa-Köpfe, die für dieses Zielmodell trainiert wurden</translation>
    </message>
    <message>
        <source>KOALA, Medusa heads</source>
        <translation>KOALA, Medusa-Köpfe</translation>
    </message>
    <message>
        <source>Drafts as Medusa does, with heads of several layers that were trained against an adversary.</source>
        <translation>Entwirft wie Medusa, mit Köpfen aus mehreren Schichten, die gegen einen Gegner trainiert wurden.</translation>
    </message>
    <message>
        <source>KOALA-Medusa heads trained for this target</source>
        <translation>KOALA-Medusa-Köpfe, die für dieses Zielmodell trainiert wurden</translation>
    </message>
    <message>
        <source>Candidates are</source>
        <translation>Kandidaten sind</translation>
    </message>
    <message>
        <source>The successors counted most often, as a tree; or a chain drawn from an interpolated n-gram law.</source>
        <translation>Die am häufigsten gezählten Nachfolger, als Baum; oder eine Kette, gezogen aus einer interpolierten n-Gramm-Verteilung.</translation>
    </message>
    <message>
        <source>Counted most often</source>
        <translation>Am häufigsten gezählt</translation>
    </message>
    <message>
        <source>Drawn from the counts</source>
        <translation>Aus den Zählungen gezogen</translation>
    </message>
    <message>
        <source>Levels drafted below the pending token; 0 decodes plainly.</source>
        <translation>Ebenen, die unter dem ausstehenden Token entworfen werden; 0 dekodiert ohne Entwurf.</translation>
    </message>
    <message>
        <source>Longest n-gram</source>
        <translation>Längstes n-Gramm</translation>
    </message>
    <message>
        <source>Tokens of the longest n-gram that is looked up, the proposed one counted.</source>
        <translation>Tokens des längsten n-Gramms, das nachgeschlagen wird, das vorgeschlagene mitgezählt.</translation>
    </message>
    <message>
        <source>Most candidates of a tree; those with the largest shares are kept.</source>
        <translation>Höchstzahl der Kandidaten eines Baums; behalten werden die mit den größten Anteilen.</translation>
    </message>
    <message>
        <source>Children</source>
        <translation>Kinder</translation>
    </message>
    <message>
        <source>Most successors proposed after one token; 1 drafts a chain.</source>
        <translation>Höchstzahl der Nachfolger, die nach einem Token vorgeschlagen werden; 1 entwirft eine Kette.</translation>
    </message>
    <message>
        <source>Least count</source>
        <translation>Mindestanzahl</translation>
    </message>
    <message>
        <source>A context that was followed by fewer tokens than this gives way to a shorter one.</source>
        <translation>Ein Kontext, auf den weniger Tokens als diese Zahl folgten, weicht einem kürzeren.</translation>
    </message>
    <message>
        <source>Weight of this text</source>
        <translation>Gewicht dieses Textes</translation>
    </message>
    <message>
        <source>How many times an n-gram of this text counts beside one of the corpus.</source>
        <translation>Wie vielfach ein n-Gramm dieses Textes neben einem des Korpus zählt.</translation>
    </message>
    <message>
        <source>Back-off</source>
        <translation>Rückfall</translation>
    </message>
    <message>
        <source>Drawn candidates: share of each n-gram&apos;s law that goes to the shorter n-gram, in the end to all tokens alike.</source>
        <translation>Gezogene Kandidaten: Anteil der Verteilung jedes n-Gramms, der an das kürzere n-Gramm geht, am Ende an alle Tokens gleich.</translation>
    </message>
    <message>
        <source>Drawn candidates: temperature of the counted law; -1 takes the target&apos;s. The text stays exact.</source>
        <translation>Gezogene Kandidaten: Temperatur der gezählten Verteilung; -1 übernimmt die des Zielmodells. Der Text bleibt exakt.</translation>
    </message>
    <message>
        <source>Corpus file</source>
        <translation>Korpusdatei</translation>
    </message>
    <message>
        <source>A text file whose n-grams are counted beside those of this text; empty = none. At most 16 MiB.</source>
        <translation>Eine Textdatei, deren n-Gramme neben denen dieses Textes gezählt werden; leer = keine. Höchstens 16 MiB.</translation>
    </message>
    <message>
        <source>N-gram cache</source>
        <translation>n-Gramm-Cache</translation>
    </message>
    <message>
        <source>Counts which token followed which in this text, and in a corpus if you name one, and proposes the most frequent continuations as a tree, or draws from the counts. Needs no draft model.</source>
        <translation>Zählt, welches Token in diesem Text auf welches folgte, und in einem Korpus, wenn einer genannt ist, und schlägt die häufigsten Fortsetzungen als Baum vor oder zieht aus den Zählungen. Braucht kein Entwurfsmodell.</translation>
    </message>
    <message>
        <source>Fixed ranks</source>
        <translation>Feste Ränge</translation>
    </message>
    <message>
        <source>Chain</source>
        <translation>Kette</translation>
    </message>
    <message>
        <source>Chimera</source>
        <translation>Chimera</translation>
    </message>
    <message>
        <source>A trigram encoder for what is near, one attention block over the target&apos;s hidden rows for what is far, and a head a level that reads both; their likeliest combinations form the tree that the target verifies.</source>
        <translation>Ein Trigramm-Encoder für das Nahe, ein Attention-Block über die verborgenen Zeilen des Zielmodells für das Ferne und je Ebene ein Kopf, der beides liest; ihre wahrscheinlichsten Kombinationen bilden den Baum, den das Zielmodell prüft.</translation>
    </message>
    <message>
        <source>Chimera heads trained for the target</source>
        <translation>für das Zielmodell trainierte Chimera-Köpfe</translation>
    </message>
    <message>
        <source>Acceptance rate</source>
        <translation>Annahmerate</translation>
    </message>
    <message>
        <source>Chance that a drafted token is accepted, the same at every place of every text.</source>
        <translation>Wahrscheinlichkeit, dass ein entworfenes Token angenommen wird, gleich an jeder Stelle jedes Textes.</translation>
    </message>
    <message>
        <source>Tokens proposed in one round; 0 decodes plainly.</source>
        <translation>Tokens, die in einer Runde vorgeschlagen werden; 0 dekodiert ohne Entwurf.</translation>
    </message>
    <message>
        <source>Synthetic drafter</source>
        <translation>Synthetisches Entwurfsverfahren</translation>
    </message>
    <message>
        <source>Longest suffix</source>
        <translation>Längstes Suffix</translation>
    </message>
    <message>
        <source>The last tokens of the text are looked up in it, this many at first, then fewer.</source>
        <translation>Die letzten Tokens des Textes werden in ihm gesucht, zuerst so viele, dann weniger.</translation>
    </message>
    <message>
        <source>Tokens that are copied from behind a match.</source>
        <translation>Tokens, die hinter einem Treffer kopiert werden.</translation>
    </message>
    <message>
        <source>Matches</source>
        <translation>Treffer</translation>
    </message>
    <message>
        <source>Continuations that are merged into one tree; the one that occurred most often is tested first.</source>
        <translation>Fortsetzungen, die zu einem Baum vereinigt werden; die am häufigsten vorgekommene wird zuerst geprüft.</translation>
    </message>
    <message>
        <source>Search in</source>
        <translation>Suchen in</translation>
    </message>
    <message>
        <source>Where continuations may be copied from.</source>
        <translation>Woher Fortsetzungen kopiert werden dürfen.</translation>
    </message>
    <message>
        <source>Prompt and output</source>
        <translation>Prompt und Ausgabe</translation>
    </message>
    <message>
        <source>Prompt only</source>
        <translation>Nur Prompt</translation>
    </message>
    <message>
        <source>Match taken</source>
        <translation>Gewählter Treffer</translation>
    </message>
    <message>
        <source>Which of several matches of the same length comes first.</source>
        <translation>Welcher von mehreren gleich langen Treffern zuerst kommt.</translation>
    </message>
    <message>
        <source>First in the text</source>
        <translation>Der erste im Text</translation>
    </message>
    <message>
        <source>Most recent</source>
        <translation>Der jüngste</translation>
    </message>
    <message>
        <source>Prompt lookup</source>
        <translation>Nachschlagen im Prompt</translation>
    </message>
    <message>
        <source>Finds an earlier occurrence of the last few tokens and proposes what followed it there. Needs no draft model and costs next to nothing; a text without repetition is decoded plainly.</source>
        <translation>Findet ein früheres Vorkommen der letzten Tokens und schlägt vor, was dort folgte. Braucht kein Entwurfsmodell und kostet fast nichts; ein Text ohne Wiederholung wird ohne Entwurf dekodiert.</translation>
    </message>
    <message>
        <source>A tree of each round&apos;s own, from the heads&apos; confidences along each path; or one tree for every round, from how often each rank of each head was right on held-out text.</source>
        <translation>Für jede Runde ein eigener Baum nach der Zuversicht der Köpfe entlang jedes Pfades; oder ein Baum für alle Runden, danach, wie oft jeder Rang jedes Kopfes auf zurückgehaltenem Text richtig war.</translation>
    </message>
    <message>
        <source>Dynamic shape: nodes that the heads extend on each level, and candidates each of them proposes.</source>
        <translation>Dynamische Form: Knoten, die die Köpfe auf jeder Ebene fortsetzen, und Kandidaten, die jeder davon vorschlägt.</translation>
    </message>
    <message>
        <source>Hydra</source>
        <translation>Hydra</translation>
    </message>
    <message>
        <source>Heads on the target&apos;s last hidden state that also read the tokens drafted before theirs, so that every branch of the tree is continued for itself.</source>
        <translation>Köpfe auf dem letzten verborgenen Zustand des Zielmodells, die auch die vor ihnen entworfenen Tokens lesen, sodass jeder Zweig des Baums für sich fortgesetzt wird.</translation>
    </message>
    <message>
        <source>Hydra heads trained for this target</source>
        <translation>Hydra-Köpfe, die für dieses Zielmodell trainiert wurden</translation>
    </message>
    <message>
        <source>Layers of the target below the trained one. More are accepted more often and draft more slowly.</source>
        <translation>Schichten des Zielmodells unter der trainierten. Mehr werden öfter angenommen und entwerfen langsamer.</translation>
    </message>
    <message>
        <source>Weight of the text</source>
        <translation>Gewicht des Textes</translation>
    </message>
    <message>
        <source>How much the tokens of the text count beside the divergence from the target&apos;s law.</source>
        <translation>Wie viel die Token des Textes neben der Divergenz vom Gesetz des Zielmodells zählen.</translation>
    </message>
    <message>
        <source>EESD layer</source>
        <translation>EESD-Schicht</translation>
    </message>
    <message>
        <source>One layer on top of the target&apos;s first ones learns the whole target&apos;s laws on text that the target wrote (self-distillation); it starts as a copy of the layer that it replaces.</source>
        <translation>Eine Schicht auf den ersten des Zielmodells lernt die Gesetze des ganzen Zielmodells an Text, den es selbst geschrieben hat (Selbstdestillation); sie beginnt als Kopie der Schicht, die sie ersetzt.</translation>
    </message>
    <message>
        <source>Layers of the head</source>
        <translation>Schichten des Kopfes</translation>
    </message>
    <message>
        <source>Decoder blocks of the target&apos;s kind, one after the other; 1 is EAGLE&apos;s head.</source>
        <translation>Decoder-Blöcke von der Art des Zielmodells, hintereinander; 1 ist der Kopf von EAGLE.</translation>
    </message>
    <message>
        <source>Feature fusion</source>
        <translation>Merkmalsfusion</translation>
    </message>
    <message>
        <source>Reads a low, a middle and a high layer of the target instead of its last hidden row, and learns the laws alone (EAGLE-3).</source>
        <translation>Liest eine untere, eine mittlere und eine obere Schicht des Zielmodells statt seiner letzten verborgenen Zeile und lernt allein die Gesetze (EAGLE-3).</translation>
    </message>
    <message>
        <source>Unrolled steps</source>
        <translation>Ausgerollte Schritte</translation>
    </message>
    <message>
        <source>Steps that the head is trained on its own output, as it drafts; 1 only ever reads the target&apos;s rows.</source>
        <translation>Schritte, die der Kopf auf seiner eigenen Ausgabe trainiert wird, so wie er entwirft; 1 liest immer nur die Zeilen des Zielmodells.</translation>
    </message>
    <message>
        <source>Weight of the feature loss</source>
        <translation>Gewicht des Merkmalsverlusts</translation>
    </message>
    <message>
        <source>Smooth L1 distance to the target&apos;s own hidden rows; not with fusion.</source>
        <translation>Glatter L1-Abstand zu den verborgenen Zeilen des Zielmodells; nicht mit Fusion.</translation>
    </message>
    <message>
        <source>Weight of the law loss</source>
        <translation>Gewicht des Gesetzesverlusts</translation>
    </message>
    <message>
        <source>Cross-entropy of the drafted law to the target&apos;s.</source>
        <translation>Kreuzentropie des entworfenen Gesetzes zu dem des Zielmodells.</translation>
    </message>
    <message>
        <source>Weight of later steps</source>
        <translation>Gewicht späterer Schritte</translation>
    </message>
    <message>
        <source>Each unrolled step counts this much of the one before it.</source>
        <translation>Jeder ausgerollte Schritt zählt diesen Anteil des vorigen.</translation>
    </message>
    <message>
        <source>Feature noise</source>
        <translation>Merkmalsrauschen</translation>
    </message>
    <message>
        <source>Width of the uniform noise on the rows that the head reads.</source>
        <translation>Breite des gleichverteilten Rauschens auf den Zeilen, die der Kopf liest.</translation>
    </message>
    <message>
        <source>Adversarial weight</source>
        <translation>Gewicht des Gegners</translation>
    </message>
    <message>
        <source>How much it counts that the heads&apos; laws pass for the target&apos;s; 0 trains without the adversary.</source>
        <translation>Wie viel es zählt, dass die Verteilungen der Köpfe für die des Zielmodells durchgehen; 0 trainiert ohne Gegner.</translation>
    </message>
    <message>
        <source>Label of real laws</source>
        <translation>Zielwert echter Verteilungen</translation>
    </message>
    <message>
        <source>What the adversary is to say of the target&apos;s laws: below 1 it stays less sure of itself.</source>
        <translation>Was der Gegner zu den Verteilungen des Zielmodells sagen soll: unter 1 bleibt er sich weniger sicher.</translation>
    </message>
    <message>
        <source>Epochs before the adversary</source>
        <translation>Epochen vor dem Gegner</translation>
    </message>
    <message>
        <source>Passes over the text that train the heads alone.</source>
        <translation>Durchgänge durch den Text, die nur die Köpfe trainieren.</translation>
    </message>
    <message>
        <source>Positions judged</source>
        <translation>Beurteilte Positionen</translation>
    </message>
    <message>
        <source>Share of a batch&apos;s positions that the adversary looks at in a step.</source>
        <translation>Anteil der Positionen eines Stapels, die der Gegner in einem Schritt ansieht.</translation>
    </message>
    <message>
        <source>EAGLE head</source>
        <translation>EAGLE-Kopf</translation>
    </message>
    <message>
        <source>One block of the target&apos;s kind learns to write its next hidden row from the last one and the next token; the target&apos;s output matrix, frozen, makes a law of it.</source>
        <translation>Ein Block von der Art des Zielmodells lernt, dessen nächste verborgene Zeile aus der letzten und dem nächsten Token zu schreiben; die eingefrorene Ausgabematrix des Zielmodells macht daraus ein Gesetz.</translation>
    </message>
    <message>
        <source>KOALA on an EAGLE head</source>
        <translation>KOALA auf einem EAGLE-Kopf</translation>
    </message>
    <message>
        <source>An EAGLE head of several blocks, trained against an adversary that tells its laws from the target&apos;s.</source>
        <translation>Ein EAGLE-Kopf aus mehreren Blöcken, trainiert gegen einen Gegenspieler, der seine Gesetze von denen des Zielmodells unterscheidet.</translation>
    </message>
    <message>
        <source>Heads</source>
        <translation>Köpfe</translation>
    </message>
    <message>
        <source>Tokens that are predicted beyond the target&apos;s own next one, a head each.</source>
        <translation>Tokens, die über das nächste Token des Zielmodells hinaus vorhergesagt werden, je ein Kopf.</translation>
    </message>
    <message>
        <source>Own output matrices</source>
        <translation>Eigene Ausgabematrizen</translation>
    </message>
    <message>
        <source>Each head learns an output matrix of its own instead of sharing the target&apos;s frozen one; much larger.</source>
        <translation>Jeder Kopf lernt eine eigene Ausgabematrix, statt die feste des Zielmodells mitzubenutzen; viel größer.</translation>
    </message>
    <message>
        <source>Learns from</source>
        <translation>Lernt aus</translation>
    </message>
    <message>
        <source>The tokens of the text, or the target&apos;s whole law at each place of it.</source>
        <translation>Aus den Tokens des Textes oder aus der ganzen Verteilung des Zielmodells an jeder Stelle.</translation>
    </message>
    <message>
        <source>Tokens of the text</source>
        <translation>Tokens des Textes</translation>
    </message>
    <message>
        <source>The target&apos;s law</source>
        <translation>Verteilung des Zielmodells</translation>
    </message>
    <message>
        <source>Weight of later heads</source>
        <translation>Gewicht späterer Köpfe</translation>
    </message>
    <message>
        <source>Each head&apos;s loss counts this much of the one before it.</source>
        <translation>So viel zählt der Verlust jedes Kopfes gegenüber dem davor.</translation>
    </message>
    <message>
        <source>Medusa heads</source>
        <translation>Medusa-Köpfe</translation>
    </message>
    <message>
        <source>One residual block a head on the target&apos;s last hidden row; head k learns the token k + 2 places ahead. The target is frozen and its output matrix is shared.</source>
        <translation>Je Kopf ein Residualblock auf dem letzten verborgenen Zustand des Zielmodells; Kopf k lernt das Token k + 2 Stellen voraus. Das Zielmodell bleibt fest, seine Ausgabematrix wird mitbenutzt.</translation>
    </message>
    <message>
        <source>Levels of the tree, a head each.</source>
        <translation>Ebenen des Baums, je ein Kopf.</translation>
    </message>
    <message>
        <source>Trigram encoder</source>
        <translation>Trigramm-Encoder</translation>
    </message>
    <message>
        <source>Reads the last three tokens together; off, only the last one&apos;s embedding.</source>
        <translation>Liest die letzten drei Token zusammen; ausgeschaltet nur die Einbettung des letzten.</translation>
    </message>
    <message>
        <source>Context encoder</source>
        <translation>Kontext-Encoder</translation>
    </message>
    <message>
        <source>An attention block over the target&apos;s hidden rows of the whole text; off, the heads see the last row alone.</source>
        <translation>Ein Attention-Block über die verborgenen Zeilen des Zielmodells für den ganzen Text; ausgeschaltet sehen die Köpfe nur die letzte Zeile.</translation>
    </message>
    <message>
        <source>Tokens on the way</source>
        <translation>Token auf dem Weg</translation>
    </message>
    <message>
        <source>What a later head reads of the tokens before it: those of the text, or the likeliest of the earlier heads.</source>
        <translation>Was ein späterer Kopf von den Token vor ihm liest: die des Textes oder die wahrscheinlichsten der früheren Köpfe.</translation>
    </message>
    <message>
        <source>The heads&apos; own choice</source>
        <translation>Die eigene Wahl der Köpfe</translation>
    </message>
    <message>
        <source>Weight of the state loss</source>
        <translation>Gewicht des Zustandsverlusts</translation>
    </message>
    <message>
        <source>Squared distance of the drafted states to the target&apos;s own hidden rows.</source>
        <translation>Quadratischer Abstand der entworfenen Zustände zu den verborgenen Zeilen des Zielmodells.</translation>
    </message>
    <message>
        <source>Chimera heads</source>
        <translation>Chimera-Köpfe</translation>
    </message>
    <message>
        <source>A trigram encoder, one attention block over the target&apos;s hidden rows and a head a level, trained together; the target is frozen and its output matrix is shared.</source>
        <translation>Ein Trigramm-Encoder, ein Attention-Block über die verborgenen Zeilen des Zielmodells und je Ebene ein Kopf, zusammen trainiert; das Zielmodell ist eingefroren, seine Ausgabematrix wird geteilt.</translation>
    </message>
    <message>
        <source>Layers a head</source>
        <translation>Schichten je Kopf</translation>
    </message>
    <message>
        <source>Depth of each head; the first layer reads hidden row and tokens together.</source>
        <translation>Tiefe jedes Kopfes; die erste Schicht liest verborgenen Zustand und Tokens zusammen.</translation>
    </message>
    <message>
        <source>Prefix layer</source>
        <translation>Präfixschicht</translation>
    </message>
    <message>
        <source>A transformer block over the hidden rows of the whole text before the heads read them.</source>
        <translation>Ein Transformerblock über die verborgenen Zustände des ganzen Textes, bevor die Köpfe sie lesen.</translation>
    </message>
    <message>
        <source>Dropout</source>
        <translation>Dropout</translation>
    </message>
    <message>
        <source>Share of each layer&apos;s outputs that is left out in training steps.</source>
        <translation>Anteil der Ausgaben jeder Schicht, der in Trainingsschritten weggelassen wird.</translation>
    </message>
    <message>
        <source>Hydra heads</source>
        <translation>Hydra-Köpfe</translation>
    </message>
    <message>
        <source>Heads that read the hidden row and the tokens drafted so far, so that each branch of the tree is continued for itself; a prefix layer may look at the whole text first.</source>
        <translation>Köpfe, die den verborgenen Zustand und die bisher entworfenen Tokens lesen, sodass jeder Zweig des Baums für sich fortgesetzt wird; eine Präfixschicht kann vorher den ganzen Text ansehen.</translation>
    </message>
    <message>
        <source>Residual blocks one after the other in each head; 1 is Medusa&apos;s head.</source>
        <translation>Residualblöcke hintereinander in jedem Kopf; 1 ist der Kopf von Medusa.</translation>
    </message>
    <message>
        <source>KOALA on Medusa heads</source>
        <translation>KOALA auf Medusa-Köpfen</translation>
    </message>
    <message>
        <source>Medusa heads of several layers, trained against an adversary that tells their laws from the target&apos;s.</source>
        <translation>Medusa-Köpfe aus mehreren Schichten, trainiert gegen einen Gegner, der ihre Verteilungen von denen des Zielmodells unterscheidet.</translation>
    </message>
    <message>
        <source>How candidates are chosen: one after the other, ranked by confidence along the path, by a fixed list, or drawn from the draft law.</source>
        <translation>Wie Kandidaten gewählt werden: einer nach dem anderen, geordnet nach der Zuversicht entlang des Pfades, nach einer festen Liste oder gezogen aus dem Entwurfsgesetz.</translation>
    </message>
    <message>
        <source>Levels below the pending token, one pass of the draft head each; 0 decodes plainly.</source>
        <translation>Ebenen unter dem offenen Token, je ein Durchlauf des Entwurfskopfes; 0 dekodiert einfach.</translation>
    </message>
    <message>
        <source>Dynamic shape: nodes that the draft head extends on each level, and candidates each of them proposes.</source>
        <translation>Dynamische Form: Knoten, die der Entwurfskopf auf jeder Ebene erweitert, und Kandidaten, die jeder von ihnen vorschlägt.</translation>
    </message>
    <message>
        <source>Shapes with a list: children of each node, level by level; further levels repeat the last number.</source>
        <translation>Formen mit Liste: Kinder jedes Knotens, Ebene für Ebene; weitere Ebenen wiederholen die letzte Zahl.</translation>
    </message>
    <message>
        <source>Temperature of the draft head&apos;s law; -1 takes the target&apos;s. The text stays exact, only the acceptance moves.</source>
        <translation>Temperatur des Gesetzes des Entwurfskopfes; -1 nimmt die des Zielmodells. Der Text bleibt exakt, nur die Annahme ändert sich.</translation>
    </message>
    <message>
        <source>Draws drafts only from the k likeliest tokens of the draft head; 0 takes the target&apos;s top-k.</source>
        <translation>Zieht Entwürfe nur aus den k wahrscheinlichsten Token des Entwurfskopfes; 0 nimmt das Top-k des Zielmodells.</translation>
    </message>
    <message>
        <source>Traversal verification</source>
        <translation>Durchlaufprüfung</translation>
    </message>
    <message>
        <source>Decides about a drafted tree from its leaves to its root: a whole path is kept or refused before its shorter beginnings are tried. Exact for every drafter; on a chain it keeps as much as block verification, on chosen tokens as much as the exact rule.</source>
        <translation>Entscheidet über einen entworfenen Baum von den Blättern zur Wurzel: Ein ganzer Pfad wird behalten oder abgelehnt, bevor seine kürzeren Anfänge geprüft werden. Exakt für jedes Entwurfsverfahren; auf einer Kette behält sie so viel wie die Blockprüfung, bei gewählten Tokens so viel wie die exakte Regel.</translation>
    </message>
    <message>
        <source>Largest threshold</source>
        <translation>Größte Schwelle</translation>
    </message>
    <message>
        <source>Target probability that suffices whatever the entropy. Larger refuses more and stays closer to the target.</source>
        <translation>Zielwahrscheinlichkeit, die bei jeder Entropie genügt. Größer lehnt mehr ab und bleibt näher am Zielmodell.</translation>
    </message>
    <message>
        <source>Threshold where undecided</source>
        <translation>Schwelle bei Unentschiedenheit</translation>
    </message>
    <message>
        <source>The threshold is at most this number times exp(-entropy in nats): where the target is undecided it accepts unlikelier tokens.</source>
        <translation>Die Schwelle ist höchstens diese Zahl mal exp(-Entropie in Nat): Wo das Zielmodell unentschieden ist, nimmt es unwahrscheinlichere Tokens an.</translation>
    </message>
    <message>
        <source>Extra token</source>
        <translation>Zusätzliches Token</translation>
    </message>
    <message>
        <source>The token after the accepted path: the target&apos;s likeliest, as in the published code, or drawn from its law.</source>
        <translation>Das Token nach dem angenommenen Pfad: das wahrscheinlichste des Zielmodells wie im veröffentlichten Code oder aus seiner Verteilung gezogen.</translation>
    </message>
    <message>
        <source>Likeliest</source>
        <translation>Wahrscheinlichstes</translation>
    </message>
    <message>
        <source>Drawn</source>
        <translation>Gezogen</translation>
    </message>
    <message>
        <source>Typical acceptance (lossy)</source>
        <translation>Typische Annahme (verlustbehaftet)</translation>
    </message>
    <message>
        <source>Keeps every drafted token that the target finds plausible enough and takes the longest such path. Lossy: the text does not follow the target&apos;s law. At temperature 0 it is greedy matching.</source>
        <translation>Behält jedes entworfene Token, das dem Zielmodell plausibel genug ist, und nimmt den längsten solchen Pfad. Verlustbehaftet: Der Text folgt nicht der Verteilung des Zielmodells. Bei Temperatur 0 ist es gieriger Abgleich.</translation>
    </message>
    <message>
        <source>Block verification</source>
        <translation>Blockprüfung</translation>
    </message>
    <message>
        <source>Decides about a drafted chain as a whole instead of token by token: a weak token may be kept for the sake of those after it. Exact, and never accepts fewer tokens on average. Only for chains of drawn tokens; at temperature 0 it is greedy matching.</source>
        <translation>Entscheidet über eine entworfene Kette als Ganzes statt Token für Token: Ein schwaches Token kann um der folgenden willen bleiben. Exakt, und im Mittel werden nie weniger Tokens angenommen. Nur für Ketten gezogener Tokens; bei Temperatur 0 ist es gieriger Abgleich.</translation>
    </message>
    <message>
        <source>a drafter of chains that draws its tokens</source>
        <translation>ein Entwurfsverfahren für Ketten, das seine Tokens zieht</translation>
    </message>
    <message>
        <source>Accepts a draft that equals an independent draw of the target, and tests it only otherwise.</source>
        <translation>Nimmt einen Entwurf an, der einer unabhängigen Ziehung des Zielmodells gleicht, und prüft ihn nur sonst.</translation>
    </message>
    <message>
        <source>Discards a token after it was drawn, and draws from the target instead.</source>
        <translation>Verwirft ein Token, nachdem es gezogen wurde, und zieht stattdessen aus dem Zielmodell.</translation>
    </message>
    <message>
        <source>Tests the second sibling against the draft law that still holds the first.</source>
        <translation>Prüft das zweite Geschwister gegen die Entwurfsverteilung, die das erste noch enthält.</translation>
    </message>
    <message>
        <source>Leaves the target&apos;s law as it was after a rejection.</source>
        <translation>Lässt die Verteilung des Zielmodells nach einer Ablehnung, wie sie war.</translation>
    </message>
    <message>
        <source>Tests siblings by draft probability instead of in the order of their draws.</source>
        <translation>Prüft Geschwister nach der Entwurfswahrscheinlichkeit statt in der Reihenfolge ihrer Ziehung.</translation>
    </message>
    <message>
        <source>Skips the second draw of a token without its residual step.</source>
        <translation>Überspringt die zweite Ziehung eines Tokens ohne deren Restschritt.</translation>
    </message>
    <message>
        <source>Tests the draft&apos;s likeliest tokens as if they had been drawn by chance.</source>
        <translation>Prüft die wahrscheinlichsten Tokens des Entwurfs, als wären sie zufällig gezogen worden.</translation>
    </message>
    <message>
        <source>Tests the draft&apos;s likeliest tokens as if drawn by chance, with the draft law unchanged.</source>
        <translation>Prüft die wahrscheinlichsten Tokens des Entwurfs, als wären sie zufällig gezogen, bei unveränderter Entwurfsverteilung.</translation>
    </message>
    <message>
        <source>Stored ones, computed anew at every point on the training samples, those of the evaluated samples as one batch, or moved along with the parameters; automatic moves them on axes to a point or through three points and keeps them else.</source>
        <translation>Die gespeicherten, an jedem Punkt auf den Trainingsproben neu berechnete, die der ausgewerteten Proben als ein Batch oder mit den Parametern mitbewegte; automatisch bewegt sie auf Achsen zu einem Punkt oder durch drei Punkte mit und behält sie sonst.</translation>
    </message>
    <message>
        <source>A checkpoint or a saved record whose training is drawn; empty trains first. A surface that was cancelled in the record goes on from its cells when the settings are the same.</source>
        <translation>Ein Checkpoint oder eine gespeicherte Aufzeichnung, deren Training gezeichnet wird; leer trainiert zuerst. Eine in der Aufzeichnung abgebrochene Fläche macht bei gleichen Einstellungen mit ihren Zellen weiter.</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>What the heads learn from: text that the target writes itself, or a file.</source>
        <translation>Woraus die Köpfe lernen: Text, den das Zielmodell selbst schreibt, oder eine Datei.</translation>
    </message>
    <message>
        <source>Written by the target</source>
        <translation>Vom Zielmodell geschrieben</translation>
    </message>
    <message>
        <source>A text file</source>
        <translation>Eine Textdatei</translation>
    </message>
    <message>
        <source>Plain text, a paragraph a line; read when the text comes from a file.</source>
        <translation>Reiner Text, ein Absatz je Zeile; wird gelesen, wenn der Text aus einer Datei kommt.</translation>
    </message>
    <message>
        <source>Prompts</source>
        <translation>Prompts</translation>
    </message>
    <message>
        <source>Plain text, a prompt a line, taken in turn to begin the target&apos;s texts; empty begins at its begin token.</source>
        <translation>Reiner Text, ein Prompt je Zeile; reihum beginnen sie die Texte des Zielmodells; leer beginnt beim Anfangstoken.</translation>
    </message>
    <message>
        <source>Tokens of text</source>
        <translation>Tokens Text</translation>
    </message>
    <message>
        <source>How much text is written or read. More text makes better heads and takes longer.</source>
        <translation>Wie viel Text geschrieben oder gelesen wird. Mehr Text gibt bessere Köpfe und dauert länger.</translation>
    </message>
    <message>
        <source>Sequence length</source>
        <translation>Sequenzlänge</translation>
    </message>
    <message>
        <source>Most tokens of one sequence; at most the target&apos;s context.</source>
        <translation>Höchstzahl der Tokens einer Sequenz; höchstens der Kontext des Zielmodells.</translation>
    </message>
    <message>
        <source>Opening</source>
        <translation>Anfang</translation>
    </message>
    <message>
        <source>First tokens of each text that the target draws at temperature 1, so that texts differ.</source>
        <translation>Erste Tokens jedes Textes, die das Zielmodell bei Temperatur 1 zieht, damit die Texte sich unterscheiden.</translation>
    </message>
    <message>
        <source>At which the target writes the rest of each text; take that at which the heads will be used.</source>
        <translation>Bei der das Zielmodell den Rest jedes Textes schreibt; man nimmt die, bei der die Köpfe benutzt werden.</translation>
    </message>
    <message>
        <source>Held-out share</source>
        <translation>Zurückgehaltener Anteil</translation>
    </message>
    <message>
        <source>Share of the sequences that is kept for measuring and never trained on.</source>
        <translation>Anteil der Sequenzen, der zum Messen zurückgehalten und nie trainiert wird.</translation>
    </message>
    <message>
        <source>Steps to train; schedules count with it. May be changed while training goes on.</source>
        <translation>Trainingsschritte; Lernratenpläne rechnen damit. Darf während des Trainings geändert werden.</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>Batch</translation>
    </message>
    <message>
        <source>Sequences a step.</source>
        <translation>Sequenzen je Schritt.</translation>
    </message>
    <message>
        <source>Before the schedule&apos;s factor. AdamW wants about 0.001.</source>
        <translation>Vor dem Faktor des Plans. AdamW will etwa 0,001.</translation>
    </message>
    <message>
        <source>Fast products</source>
        <translation>Schnelle Produkte</translation>
    </message>
    <message>
        <source>Multiplies by the target&apos;s output matrix in 16-bit numbers while training: several times faster where the processor does that in hardware, otherwise without effect.</source>
        <translation>Multipliziert beim Training mit der Ausgabematrix des Zielmodells in 16-Bit-Zahlen: um ein Mehrfaches schneller, wo der Prozessor das selbst kann, sonst ohne Wirkung.</translation>
    </message>
    <message>
        <source>Memory for hidden rows</source>
        <translation>Speicher für verborgene Zustände</translation>
    </message>
    <message>
        <source>The target&apos;s hidden rows of the text are kept in memory up to this; the rest is computed anew in every epoch.</source>
        <translation>Bis hierhin bleiben die verborgenen Zustände des Zielmodells zum Text im Speicher; der Rest wird in jeder Epoche neu berechnet.</translation>
    </message>
    <message>
        <source>Measure every</source>
        <translation>Messen alle</translation>
    </message>
    <message>
        <source>Steps between measurements of loss, accuracy and acceptance on held-out text; 0 measures only at the end.</source>
        <translation>Schritte zwischen Messungen von Verlust, Genauigkeit und Annahme auf zurückgehaltenem Text; 0 misst nur am Ende.</translation>
    </message>
    <message>
        <source>Sequences looked at</source>
        <translation>Angesehene Sequenzen</translation>
    </message>
    <message>
        <source>Held-out sequences that a measurement reads; 0 reads all.</source>
        <translation>Zurückgehaltene Sequenzen, die eine Messung liest; 0 liest alle.</translation>
    </message>
    <message>
        <source>Prompts measured</source>
        <translation>Gemessene Prompts</translation>
    </message>
    <message>
        <source>Openings of held-out sequences that the target continues with these heads, greedily; 0 measures no acceptance.</source>
        <translation>Anfänge zurückgehaltener Sequenzen, die das Zielmodell mit diesen Köpfen gierig fortsetzt; 0 misst keine Annahme.</translation>
    </message>
    <message>
        <source>Tokens a prompt</source>
        <translation>Tokens je Prompt</translation>
    </message>
    <message>
        <source>Tokens that are written for each measured prompt.</source>
        <translation>Tokens, die zu jedem gemessenen Prompt geschrieben werden.</translation>
    </message>
    <message>
        <source>Nodes of measured trees</source>
        <translation>Knoten gemessener Bäume</translation>
    </message>
    <message>
        <source>Most candidates a pass while acceptance is measured.</source>
        <translation>Höchstzahl der Kandidaten je Durchgang, während die Annahme gemessen wird.</translation>
    </message>
    <message>
        <source>Folder of the heads</source>
        <translation>Ordner der Köpfe</translation>
    </message>
    <message>
        <source>Where the trained heads are written; empty writes none.</source>
        <translation>Wohin die trainierten Köpfe geschrieben werden; leer schreibt keine.</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Which of the measured heads stay in the folder.</source>
        <translation>Welche der gemessenen Köpfe im Ordner bleiben.</translation>
    </message>
    <message>
        <source>Those accepted most</source>
        <translation>Die am meisten angenommenen</translation>
    </message>
    <message>
        <source>The last ones</source>
        <translation>Die letzten</translation>
    </message>
    <message>
        <source>Half precision</source>
        <translation>Halbe Genauigkeit</translation>
    </message>
    <message>
        <source>Writes the heads as 16-bit numbers: half the size, and they are measured as they are written.</source>
        <translation>Schreibt die Köpfe als 16-Bit-Zahlen: halb so groß, und gemessen werden sie so, wie sie geschrieben werden.</translation>
    </message>
    <message>
        <source>Where the state of training is saved, as safetensors, with the text beside it; empty saves neither.</source>
        <translation>Wo der Stand des Trainings als safetensors gesichert wird, mit dem Text daneben; leer sichert beides nicht.</translation>
    </message>
    <message>
        <source>Draft heads</source>
        <translation>Entwurfsköpfe</translation>
    </message>
    <message>
        <source>Steps of AdamW on the divergence from the last layer&apos;s law; 0 keeps the start. The published recipe takes 250 steps of SGD with Nesterov momentum; the least-squares start needs fewer.</source>
        <translation>Schritte von AdamW auf der Divergenz von der Verteilung der letzten Schicht; 0 behält den Start. Das veröffentlichte Rezept nimmt 250 Schritte SGD mit Nesterov-Momentum; der Start bei kleinsten Quadraten braucht weniger.</translation>
    </message>
    <message>
        <source>Tokens that one training step looks at; the published recipe takes 262,144.</source>
        <translation>Tokens, die ein Trainingsschritt ansieht; das veröffentlichte Rezept nimmt 262.144.</translation>
    </message>
    <message>
        <source>Starts at the affine map that carries a layer&apos;s hidden states closest to the last layer&apos;s, instead of at the logit lens, where the published recipe starts.</source>
        <translation>Beginnt bei der affinen Abbildung, die die verborgenen Zustände einer Schicht denen der letzten am nächsten bringt, statt bei der Logit-Linse, wo das veröffentlichte Rezept beginnt.</translation>
    </message>
    <message>
        <source>Most samples of each kind that a look evaluates and records, of a text as many tokens; 0 takes all.</source>
        <translation>Höchstzahl der Proben jeder Art, die eine Betrachtung auswertet und aufzeichnet, bei einem Text so viele Tokens; 0 nimmt alle.</translation>
    </message>
    <message>
        <source>When there are more, or more than fit 64 MiB, every second one of the older half is dropped, never the first nor the last; 0 takes none.</source>
        <translation>Sind es mehr, oder mehr, als in 64 MiB passen, fällt jeder zweite der älteren Hälfte weg, nie der erste oder der letzte; 0 nimmt keinen.</translation>
    </message>
    <message>
        <source>Changing it takes training back to the last kept state at or before this step; -1 does nothing. A resumed run has no states from before its checkpoint.</source>
        <translation>Eine Änderung setzt das Training auf den letzten behaltenen Zustand bei oder vor diesem Schritt zurück; -1 bewirkt nichts. Ein fortgesetzter Lauf hat keine Zustände von vor seinem Checkpoint.</translation>
    </message>
    <message>
        <source>MiB</source>
        <translation>MiB</translation>
    </message>
    <message>
        <source>bits</source>
        <translation>Bit</translation>
    </message>
    <message>
        <source>columns</source>
        <translation>Spalten</translation>
    </message>
    <message>
        <source>epochs</source>
        <translation>Epochen</translation>
    </message>
    <message>
        <source>heads</source>
        <translation>Köpfe</translation>
    </message>
    <message>
        <source>matches</source>
        <translation>Treffer</translation>
    </message>
    <message>
        <source>n-grams</source>
        <translation>n-Gramme</translation>
    </message>
    <message>
        <source>prompts</source>
        <translation>Prompts</translation>
    </message>
    <message>
        <source>sequences</source>
        <translation>Sequenzen</translation>
    </message>
    <message>
        <source>target passes</source>
        <translation>Durchläufe des Zielmodells</translation>
    </message>
    <message>
        <source>visits</source>
        <translation>Besuche</translation>
    </message>
    <message>
        <source>Drafts longer after a round in which every drafted token was accepted (two tokens, unless you say otherwise), and shorter after a refusal (one token); always at least one, and never beyond the longest draft.</source>
        <translation>Entwirft länger nach einer Runde, in der jedes entworfene Token angenommen wurde (um zwei Tokens, wenn nichts anderes eingestellt ist), und kürzer nach einer Ablehnung (um ein Token); immer mindestens eines und nie mehr als die größte Entwurfslänge.</translation>
    </message>
    <message>
        <source>Believes a Beta law about the chance that the next drafted token is accepted and draws from it after every drafted token. Drafts on while one token more pays at that chance or, as in the paper, while a coin with it shows heads. Learns from each round.</source>
        <translation>Nimmt für die Wahrscheinlichkeit, dass das nächste entworfene Token angenommen wird, eine Beta-Verteilung an und zieht nach jedem entworfenen Token aus ihr. Entwirft weiter, solange ein Token mehr sich bei dieser Wahrscheinlichkeit lohnt oder, wie in der Veröffentlichung, solange eine Münze mit ihr Kopf zeigt. Lernt aus jeder Runde.</translation>
    </message>
    <message>
        <source>Takes the draft&apos;s own confidence as the chance of acceptance and corrects it by an error drawn from what earlier rounds showed. Drafts on while one token more pays at these chances or, as in the paper, while a coin with the last one shows heads.</source>
        <translation>Nimmt die Sicherheit des Entwurfs als Wahrscheinlichkeit der Annahme und berichtigt sie um einen Fehler, der aus dem gezogen wird, was frühere Runden gezeigt haben. Entwirft weiter, solange ein Token mehr sich bei diesen Wahrscheinlichkeiten lohnt oder, wie in der Veröffentlichung, solange eine Münze mit der letzten Kopf zeigt.</translation>
    </message>
    <message>
        <source>The reward of a candidate&apos;s likeliest completion; of the text as far as it goes; or what a value net expects, which was trained for this reward: the run&apos;s heads name it, and it takes one pass where a completion takes one for each token.</source>
        <translation>Die Belohnung der wahrscheinlichsten Vervollständigung eines Kandidaten; die des Textes, soweit er reicht; oder was ein Wertnetz erwartet, das für diese Belohnung trainiert wurde: Die Köpfe des Laufs nennen es, und es braucht einen Durchlauf, wo eine Vervollständigung einen je Token braucht.</translation>
    </message>
    <message>
        <source>Value net</source>
        <translation>Wertnetz</translation>
    </message>
    <message>
        <source>a draft model for the reward that asks it, a value net for values from one</source>
        <translation>ein Entwurfsmodell für die Belohnung, die es fragt, ein Wertnetz für Werte aus einem solchen</translation>
    </message>
    <message>
        <source>Draws from the target&apos;s own law, mixed with a token that the target finds least likely, so that each drafted token is accepted with a chance that you set. For studying draft length; it runs the target to know its law, so a draft pass costs a target pass and it never speeds anything up.</source>
        <translation>Zieht aus der Verteilung des Zielmodells, gemischt mit einem Token, das das Zielmodell am wenigsten erwartet, sodass jedes entworfene Token mit einer eingestellten Wahrscheinlichkeit angenommen wird. Zum Untersuchen der Entwurfslänge; es lässt das Zielmodell laufen, um dessen Verteilung zu kennen: Ein Entwurfsdurchlauf kostet einen Durchlauf des Zielmodells, und schneller wird dadurch nichts.</translation>
    </message>
    <message>
        <source>Draft vocabulary</source>
        <translation>Entwurfsvokabular</translation>
    </message>
    <message>
        <source>The head drafts only the most frequent tokens of the training text, so many of them; 0 is the whole vocabulary. Its read-out then multiplies by so many rows of the output matrix instead of all, and the folder grows by four bytes a token. The text stays exact: other tokens come from the target alone.</source>
        <translation>Der Kopf entwirft nur die häufigsten Token des Trainingstextes, so viele davon; 0 ist das ganze Vokabular. Sein Auslesen multipliziert dann mit so vielen Zeilen der Ausgabematrix statt mit allen, und der Ordner wächst um vier Bytes je Token. Der Text bleibt exakt: andere Token kommen vom Zielmodell allein.</translation>
    </message>
    <message>
        <source>What is predicted: how many of the wanted words will occur; happy minus sad words by a small English lexicon; or closeness to a wanted length, in tens of tokens.</source>
        <translation>Was vorhergesagt wird: wie viele der gewünschten Wörter vorkommen werden; fröhliche minus traurige Wörter nach einem kleinen englischen Lexikon; oder die Nähe zu einer gewünschten Länge in Zehnern von Tokens.</translation>
    </message>
    <message>
        <source>Hidden units</source>
        <translation>Verborgene Einheiten</translation>
    </message>
    <message>
        <source>Width of the one layer between the target&apos;s hidden row and the value.</source>
        <translation>Breite der einen Schicht zwischen der verborgenen Zeile des Zielmodells und dem Wert.</translation>
    </message>
    <message>
        <source>Distance of points</source>
        <translation>Abstand der Stellen</translation>
    </message>
    <message>
        <source>Tokens between the places of a text at which its final reward is learnt.</source>
        <translation>Token zwischen den Stellen eines Textes, an denen seine endgültige Belohnung gelernt wird.</translation>
    </message>
    <message>
        <source>Learns from texts that the target draws which reward each of them ends with, at many places of each; value-guided sampling then asks it instead of completing every candidate. It drafts nothing.</source>
        <translation>Lernt aus Texten, die das Zielmodell zieht, mit welcher Belohnung jeder von ihnen endet, an vielen Stellen jedes Textes; wertgeführtes Ziehen fragt es dann, statt jeden Kandidaten zu vervollständigen. Es entwirft nichts.</translation>
    </message>
    <message>
        <source>Drafts on while</source>
        <translation>Entwirft weiter, solange</translation>
    </message>
    <message>
        <source>What is done with the chance that was drawn. The paper tosses a coin with it. The other rule is not the paper&apos;s: it drafts one token more while that raises the tokens per second, by the costs given below.</source>
        <translation>Was mit der gezogenen Wahrscheinlichkeit geschieht. Die Veröffentlichung wirft mit ihr eine Münze. Die andere Regel stammt nicht aus der Veröffentlichung: Sie entwirft ein Token mehr, solange das die Tokens je Sekunde steigert, nach den unten angegebenen Kosten.</translation>
    </message>
    <message>
        <source>One token more pays</source>
        <translation>ein Token mehr sich lohnt</translation>
    </message>
    <message>
        <source>A coin shows heads (the paper)</source>
        <translation>eine Münze Kopf zeigt (Veröffentlichung)</translation>
    </message>
    <message>
        <source>units</source>
        <translation>Einheiten</translation>
    </message>
</context>
<context>
    <name>timberline::app::AttentionBench</name>
    <message>
        <source>Colour by</source>
        <translation>Färben nach</translation>
    </message>
    <message>
        <source>What the colour of a head means</source>
        <translation>Was die Farbe eines Kopfes bedeutet</translation>
    </message>
    <message>
        <source>Cells show</source>
        <translation>Zellen zeigen</translation>
    </message>
    <message>
        <source>What a cell shows: the head&apos;s mean, the statistic along the text, or a thumbnail of its map</source>
        <translation>Was eine Zelle zeigt: den Mittelwert des Kopfes, die Statistik entlang des Textes oder ein kleines Bild seiner Karte</translation>
    </message>
    <message>
        <source>along the text</source>
        <translation>entlang des Textes</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>Mittelwert</translation>
    </message>
    <message>
        <source>maps</source>
        <translation>Karten</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>Einpassen</translation>
    </message>
    <message>
        <source>Show every head (F); Ctrl and the wheel, + and − zoom</source>
        <translation>Alle Köpfe zeigen (F); Strg und Mausrad, + und − zoomen</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>Karte</translation>
    </message>
    <message>
        <source>Queries down, keys across, a cell a weight</source>
        <translation>Anfragen abwärts, Schlüssel quer, eine Zelle je Gewicht</translation>
    </message>
    <message>
        <source>Lines</source>
        <translation>Linien</translation>
    </message>
    <message>
        <source>The text twice, joined by lines as strong as the weights</source>
        <translation>Der Text zweimal, verbunden durch Linien so kräftig wie die Gewichte</translation>
    </message>
    <message>
        <source>Colours by the square root of the weight, so that small ones can be told apart</source>
        <translation>Färbt nach der Wurzel des Gewichts, sodass sich kleine unterscheiden lassen</translation>
    </message>
    <message>
        <source>Weights shown</source>
        <translation>Gezeigte Gewichte</translation>
    </message>
    <message>
        <source>With edits: the edited weights, those of the unchanged model, or the difference</source>
        <translation>Bei Eingriffen: die veränderten Gewichte, die des unveränderten Modells oder die Differenz</translation>
    </message>
    <message>
        <source>edited</source>
        <translation>verändert</translation>
    </message>
    <message>
        <source>unchanged</source>
        <translation>unverändert</translation>
    </message>
    <message>
        <source>difference</source>
        <translation>Differenz</translation>
    </message>
    <message>
        <source>Residual</source>
        <translation>Residual</translation>
    </message>
    <message>
        <source>Share of the residual path: 0 shows the bare maps, 1 the identity</source>
        <translation>Anteil des Residualpfads: 0 zeigt die bloßen Karten, 1 die Identität</translation>
    </message>
    <message>
        <source>Heads</source>
        <translation>Köpfe</translation>
    </message>
    <message>
        <source>How the heads of a layer become one map</source>
        <translation>Wie aus den Köpfen einer Schicht eine Karte wird</translation>
    </message>
    <message>
        <source>largest</source>
        <translation>Maximum</translation>
    </message>
    <message>
        <source>smallest</source>
        <translation>Minimum</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Weglassen</translation>
    </message>
    <message>
        <source>Share of each row&apos;s smallest weights that is left out</source>
        <translation>Anteil der kleinsten Gewichte jeder Zeile, der wegfällt</translation>
    </message>
    <message>
        <source>Undo the last step.</source>
        <translation>Den letzten Schritt zurücknehmen.</translation>
    </message>
    <message>
        <source>Square-root scale</source>
        <translation>Wurzelskala</translation>
    </message>
    <message numerus="yes">
        <source>running, %n tokens</source>
        <translation>
            <numerusform>läuft, %n Token</numerusform>
            <numerusform>läuft, %n Tokens</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>paused, %n tokens</source>
        <translation>
            <numerusform>angehalten, %n Token</numerusform>
            <numerusform>angehalten, %n Tokens</numerusform>
        </translation>
    </message>
    <message>
        <source>bits</source>
        <translation>Bit</translation>
    </message>
    <message>
        <source>Entropies in bits instead of nats, here and in the legend; files keep nats</source>
        <translation>Entropien in Bit statt nat, hier und in der Legende; Dateien behalten nat</translation>
    </message>
</context>
<context>
    <name>timberline::app::BenchSetup</name>
    <message>
        <source>Loading the engine…</source>
        <translation>Rechenkern wird geladen …</translation>
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
        <source>Choose a model folder (Hugging Face layout, safetensors)</source>
        <translation>Modellordner wählen (Hugging-Face-Aufbau, safetensors)</translation>
    </message>
    <message>
        <source>Choose a model folder</source>
        <translation>Modellordner wählen</translation>
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
        <source>Read the Draft run&apos;s text</source>
        <translation>Text des Entwurfslaufs lesen</translation>
    </message>
    <message>
        <source>Takes prompt and generated tokens of the Draft bench as this bench&apos;s text</source>
        <translation>Nimmt Prompt und erzeugte Tokens vom Arbeitstisch Entwurf als Text für diesen Arbeitstisch</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Sampling</source>
        <translation>Sampling</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message numerus="yes">
        <source>Reads %n tokens of the Draft run; typing a prompt replaces them.</source>
        <translation>
            <numerusform>Liest %n Token des Entwurfslaufs; ein eingetippter Prompt ersetzt es.</numerusform>
            <numerusform>Liest %n Tokens des Entwurfslaufs; ein eingetippter Prompt ersetzt sie.</numerusform>
        </translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
</context>
<context>
    <name>timberline::app::BreakEvenPane</name>
    <message>
        <source>Width</source>
        <translation>Breite</translation>
    </message>
    <message>
        <source>How many tokens each level of the draft offers to the test</source>
        <translation>Wie viele Tokens jede Ebene des Entwurfs zur Prüfung anbietet</translation>
    </message>
    <message>
        <source>as in the run</source>
        <translation>wie im Lauf</translation>
    </message>
    <message>
        <source>Times plain decoding and this method five times each: the map then stands on the measured time of a plain token</source>
        <translation>Misst die Zeit von einfachem Dekodieren und dieser Methode je fünfmal: Die Karte beruht dann auf der gemessenen Zeit eines einfach dekodierten Tokens</translation>
    </message>
    <message>
        <source>Measuring…</source>
        <translation>Wird gemessen …</translation>
    </message>
    <message>
        <source>Measure speed-up</source>
        <translation>Beschleunigung messen</translation>
    </message>
</context>
<context>
    <name>timberline::app::ComparePane</name>
    <message>
        <source>Plain decoding: what the others are measured against.</source>
        <translation>Einfaches Dekodieren: woran die anderen gemessen werden.</translation>
    </message>
    <message>
        <source>Median of %1 timed runs beside plain decoding; smallest %2, largest %3.</source>
        <translation>Median aus %1 gemessenen Läufen neben einfachem Dekodieren; kleinster Wert %2, größter %3.</translation>
    </message>
    <message>
        <source>Faster than plain decoding every time.</source>
        <translation>Jedes Mal schneller als einfaches Dekodieren.</translation>
    </message>
    <message>
        <source>Slower than plain decoding every time.</source>
        <translation>Jedes Mal langsamer als einfaches Dekodieren.</translation>
    </message>
    <message>
        <source>No clear difference from plain decoding.</source>
        <translation>Kein klarer Unterschied zu einfachem Dekodieren.</translation>
    </message>
    <message>
        <source>depth %1: %2 of %3 accepted, 95 % between %4 and %5</source>
        <translation>Tiefe %1: %2 von %3 angenommen, 95 % zwischen %4 und %5</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
    <message>
        <source>sampled, same law</source>
        <translation>gezogen, gleiche Verteilung</translation>
    </message>
    <message>
        <source>sampled, lossy</source>
        <translation>gezogen, verlustbehaftet</translation>
    </message>
    <message>
        <source>as plain</source>
        <translation>wie einfach</translation>
    </message>
    <message>
        <source>differs</source>
        <translation>weicht ab</translation>
    </message>
    <message>
        <source>differs (lossy)</source>
        <translation>weicht ab (verlustbehaftet)</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>Verfahren</translation>
    </message>
    <message>
        <source>Drafter, controller and acceptance rule</source>
        <translation>Entwurfsverfahren, Regler und Annahmeregel</translation>
    </message>
    <message>
        <source>Speed-up (×)</source>
        <translation>Beschleunigung (×)</translation>
    </message>
    <message>
        <source>Measured against plain decoding beside it; plain decoding is 1</source>
        <translation>Gegen einfaches Dekodieren daneben gemessen; einfaches Dekodieren ist 1</translation>
    </message>
    <message>
        <source>Accepted per pass</source>
        <translation>Angenommen je Durchlauf</translation>
    </message>
    <message>
        <source>Tokens committed per pass of the target, its own token counted</source>
        <translation>Übernommene Tokens je Durchlauf des Zielmodells, dessen eigenes Token mitgezählt</translation>
    </message>
    <message>
        <source>Time (ms/token)</source>
        <translation>Zeit (ms/Token)</translation>
    </message>
    <message>
        <source>Median of the timed runs, which record nothing</source>
        <translation>Median der gemessenen Läufe, die nichts aufzeichnen</translation>
    </message>
    <message>
        <source>Draft (ms/token)</source>
        <translation>Entwurf (ms/Token)</translation>
    </message>
    <message>
        <source>Time of the drafter in the recorded run</source>
        <translation>Zeit des Entwurfsverfahrens im aufgezeichneten Lauf</translation>
    </message>
    <message>
        <source>Verify (ms/token)</source>
        <translation>Prüfung (ms/Token)</translation>
    </message>
    <message>
        <source>Time of the target in the recorded run</source>
        <translation>Zeit des Zielmodells im aufgezeichneten Lauf</translation>
    </message>
    <message>
        <source>Overhead (ms/token)</source>
        <translation>Rest (ms/Token)</translation>
    </message>
    <message>
        <source>The rest of the recorded run, the recording included</source>
        <translation>Der Rest des aufgezeichneten Laufs, das Aufzeichnen eingeschlossen</translation>
    </message>
    <message>
        <source>Recorded run (ms)</source>
        <translation>Aufgezeichneter Lauf (ms)</translation>
    </message>
    <message>
        <source>All rounds of the recorded run</source>
        <translation>Alle Runden des aufgezeichneten Laufs</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>Tokens generated</source>
        <translation>Erzeugte Tokens</translation>
    </message>
    <message>
        <source>Rounds</source>
        <translation>Runden</translation>
    </message>
    <message>
        <source>Passes of the target</source>
        <translation>Durchläufe des Zielmodells</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>Whether the text is that of plain decoding</source>
        <translation>Ob der Text der des einfachen Dekodierens ist</translation>
    </message>
    <message>
        <source>Acceptance by depth (n)</source>
        <translation>Annahme nach Tiefe (n)</translation>
    </message>
    <message>
        <source>Accepted at depth 1, 2, 3 … of the rounds that came to the depth before (n)</source>
        <translation>In Tiefe 1, 2, 3 … angenommen, von den Runden, die bis zur Tiefe davor kamen (n)</translation>
    </message>
    <message>
        <source>Clock</source>
        <translation>Uhr</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>Tabelle</translation>
    </message>
    <message>
        <source>Trees</source>
        <translation>Bäume</translation>
    </message>
    <message>
        <source>Add this set-up</source>
        <translation>Einrichtung aufnehmen</translation>
    </message>
    <message>
        <source>Puts the method that is set up now, with its values, into the comparison</source>
        <translation>Nimmt das jetzt eingerichtete Verfahren mit seinen Werten in den Vergleich auf</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Weitere</translation>
    </message>
    <message>
        <source>Puts plain decoding or another drafter, with its own values, into the comparison</source>
        <translation>Nimmt einfaches Dekodieren oder ein anderes Entwurfsverfahren mit dessen eigenen Werten in den Vergleich auf</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Takes the chosen method out of the comparison</source>
        <translation>Nimmt das gewählte Verfahren aus dem Vergleich</translation>
    </message>
    <message>
        <source>Take the present one</source>
        <translation>Übernehmen</translation>
    </message>
    <message>
        <source>Compares the same methods with the model, prompt, seed and sampling that are set up now</source>
        <translation>Vergleicht dieselben Verfahren mit Modell, Prompt, Startwert und Sampling, die jetzt eingerichtet sind</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Abspielen</translation>
    </message>
    <message>
        <source>Lets the clock run from here (Space in the picture)</source>
        <translation>Lässt die Uhr ab hier laufen (Leertaste im Bild)</translation>
    </message>
    <message>
        <source>Pace of the clock</source>
        <translation>Gang der Uhr</translation>
    </message>
    <message>
        <source>How fast the clock runs</source>
        <translation>Wie schnell die Uhr läuft</translation>
    </message>
    <message>
        <source>in real time</source>
        <translation>in Echtzeit</translation>
    </message>
    <message>
        <source>%1 times slower</source>
        <translation>%1-mal langsamer</translation>
    </message>
    <message>
        <source>Show in the bench</source>
        <translation>Auf dem Arbeitstisch zeigen</translation>
    </message>
    <message>
        <source>Opens the chosen method&apos;s run above: tree, text, plots and all (Return in the picture)</source>
        <translation>Öffnet den Lauf des gewählten Verfahrens oben: Baum, Text, Diagramme und alles Übrige (Eingabetaste im Bild)</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stoppen</translation>
    </message>
    <message>
        <source>Several methods on the same prompt and seed will stand here on one clock. Add them, or press “Run all”: it compares this set-up with plain decoding.</source>
        <translation>Hier werden mehrere Verfahren mit demselben Prompt und Startwert auf einer Uhr stehen. Verfahren aufnehmen oder „Alle ausführen“ drücken: Das vergleicht diese Einrichtung mit einfachem Dekodieren.</translation>
    </message>
    <message>
        <source>Accepted tokens, times and measured speed-up of each method will stand here. Press “Run all”.</source>
        <translation>Hier werden angenommene Tokens, Zeiten und gemessene Beschleunigung jedes Verfahrens stehen. „Alle ausführen“ drücken.</translation>
    </message>
    <message>
        <source>Running and timing %1 of %2</source>
        <translation>%1 von %2 läuft und wird gemessen</translation>
    </message>
    <message>
        <source>This comparison is of an earlier prompt.</source>
        <translation>Dieser Vergleich gilt einem früheren Prompt.</translation>
    </message>
    <message>
        <source>This comparison is of another model.</source>
        <translation>Dieser Vergleich gilt einem anderen Modell.</translation>
    </message>
    <message>
        <source>This comparison is of other settings (%1).</source>
        <translation>Dieser Vergleich gilt anderen Einstellungen (%1).</translation>
    </message>
    <message>
        <source>A comparison needs two: add another method.</source>
        <translation>Ein Vergleich braucht zwei: noch ein Verfahren aufnehmen.</translation>
    </message>
    <message>
        <source>Run all</source>
        <translation>Alle ausführen</translation>
    </message>
    <message>
        <source>Runs each method once and times it %1 times beside plain decoding</source>
        <translation>Führt jedes Verfahren einmal aus und misst es %1-mal neben einfachem Dekodieren</translation>
    </message>
</context>
<context>
    <name>timberline::app::CompareTrees</name>
    <message>
        <source>First run</source>
        <translation>Erster Lauf</translation>
    </message>
    <message>
        <source>Second run</source>
        <translation>Zweiter Lauf</translation>
    </message>
    <message>
        <source>The position before, at which a round of A or B begins (Page Up in the picture)</source>
        <translation>Die Position davor, an der eine Runde von A oder B beginnt (Bild auf im Bild)</translation>
    </message>
    <message>
        <source>The next position at which a round of A or B begins (Page Down in the picture)</source>
        <translation>Die nächste Position, an der eine Runde von A oder B beginnt (Bild ab im Bild)</translation>
    </message>
    <message>
        <source>Previous position</source>
        <translation>Vorige Position</translation>
    </message>
    <message>
        <source>Next position</source>
        <translation>Nächste Position</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Depth</source>
        <translation>Tiefe</translation>
    </message>
    <message>
        <source>In</source>
        <translation>In</translation>
    </message>
    <message>
        <source>State A</source>
        <translation>Zustand A</translation>
    </message>
    <message>
        <source>State B</source>
        <translation>Zustand B</translation>
    </message>
    <message>
        <source>p A</source>
        <translation>p A</translation>
    </message>
    <message>
        <source>p B</source>
        <translation>p B</translation>
    </message>
    <message>
        <source>p A−B</source>
        <translation>p A−B</translation>
    </message>
    <message>
        <source>q A</source>
        <translation>q A</translation>
    </message>
    <message>
        <source>q B</source>
        <translation>q B</translation>
    </message>
    <message>
        <source>q A−B</source>
        <translation>q A−B</translation>
    </message>
    <message>
        <source>Nodes of both trees</source>
        <translation>Knoten beider Bäume</translation>
    </message>
    <message numerus="yes">
        <source>The texts part after %n token(s).</source>
        <translation>
            <numerusform>Die Texte trennen sich nach %n Token.</numerusform>
            <numerusform>Die Texte trennen sich nach %n Tokens.</numerusform>
        </translation>
    </message>
    <message>
        <source>The same text.</source>
        <translation>Derselbe Text.</translation>
    </message>
    <message>
        <source>The same text as far as both go.</source>
        <translation>Derselbe Text, soweit beide reichen.</translation>
    </message>
    <message>
        <source>Whole run: %1 tokens in both, %2 only in A, %3 only in B.</source>
        <translation>Ganzer Lauf: %1 Tokens in beiden, %2 nur in A, %3 nur in B.</translation>
    </message>
    <message numerus="yes">
        <source>after %n token(s)</source>
        <translation>
            <numerusform>nach %n Token</numerusform>
            <numerusform>nach %n Tokens</numerusform>
        </translation>
    </message>
    <message>
        <source>Position %1 of %2 at which a round begins</source>
        <translation>Position %1 von %2, an der eine Runde beginnt</translation>
    </message>
    <message>
        <source>What two methods drafted at the same position of the text will stand here. Press “Run all”.</source>
        <translation>Hier wird stehen, was zwei Verfahren an derselben Position des Textes entworfen haben. „Alle ausführen“ drücken.</translation>
    </message>
    <message>
        <source>These two runs have other prompts: their trees cannot be laid over each other.</source>
        <translation>Diese beiden Läufe haben verschiedene Prompts: Ihre Bäume lassen sich nicht übereinanderlegen.</translation>
    </message>
    <message>
        <source>A and B</source>
        <translation>A und B</translation>
    </message>
    <message>
        <source>A</source>
        <translation>A</translation>
    </message>
    <message>
        <source>B</source>
        <translation>B</translation>
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
    <message>
        <source>Bounds</source>
        <translation>Schranken</translation>
    </message>
    <message>
        <source>Outline what hindsight would have kept in this round: the best tree of as many nodes by the drafter&apos;s probabilities, and the longest path of the text among the candidates</source>
        <translation>Umreißt, was im Nachhinein in dieser Runde das Beste gewesen wäre: den besten Baum mit ebenso vielen Knoten nach den Wahrscheinlichkeiten des Entwurfsverfahrens und den längsten Pfad des Textes unter den Kandidaten</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>Break-even</source>
        <translation>Gewinnschwelle</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Schichten</translation>
    </message>
    <message>
        <source>Exactness</source>
        <translation>Exaktheit</translation>
    </message>
    <message>
        <source>The text, acceptance by depth and the time of each round</source>
        <translation>Der Text, die Annahme nach Tiefe und die Zeit jeder Runde</translation>
    </message>
    <message>
        <source>Where drafting pays on this machine</source>
        <translation>Wo sich das Entwerfen auf diesem Rechner lohnt</translation>
    </message>
    <message>
        <source>How much longer each round could have been: mend the drafter or the shape of the tree?</source>
        <translation>Wie viel länger jede Runde hätte sein können: das Entwurfsverfahren oder die Form des Baums verbessern?</translation>
    </message>
    <message>
        <source>Every layer of the model as its drafter</source>
        <translation>Jede Schicht des Modells als sein Entwurfsverfahren</translation>
    </message>
    <message>
        <source>Does the method keep the target&apos;s law?</source>
        <translation>Erhält die Methode die Verteilung des Zielmodells?</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleich</translation>
    </message>
    <message>
        <source>Sweep</source>
        <translation>Sweep</translation>
    </message>
    <message>
        <source>Heads</source>
        <translation>Köpfe</translation>
    </message>
    <message>
        <source>Several methods on the same prompt and seed</source>
        <translation>Mehrere Verfahren mit demselben Prompt und Startwert</translation>
    </message>
    <message>
        <source>The set-up over lists and ranges of one or two hyperparameters</source>
        <translation>Die Einrichtung über Listen und Bereiche von einem oder zwei Hyperparametern</translation>
    </message>
    <message>
        <source>Trains draft heads for this model</source>
        <translation>Trainiert Entwurfsköpfe für dieses Modell</translation>
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
    <name>timberline::app::ExactnessPane</name>
    <message>
        <source>Enumerate</source>
        <translation>Aufzählen</translation>
    </message>
    <message>
        <source>Drawing: %1 %</source>
        <translation>Wird gezogen: %1 %</translation>
    </message>
    <message>
        <source>Greedy text</source>
        <translation>Gieriger Text</translation>
    </message>
    <message>
        <source>Decodes plainly and with this method, times both, and compares the texts token by token</source>
        <translation>Dekodiert einfach und mit dieser Methode, misst beide Zeiten und vergleicht die Texte Token für Token</translation>
    </message>
    <message>
        <source>Every draw</source>
        <translation>Jede Ziehung</translation>
    </message>
    <message>
        <source>Tries every draw and every decision of the rule on small vocabularies: no chance is involved</source>
        <translation>Probiert jede Ziehung und jede Entscheidung der Regel an kleinen Vokabularen durch: Zufall ist nicht im Spiel</translation>
    </message>
    <message>
        <source>Rule to enumerate</source>
        <translation>Aufzuzählende Regel</translation>
    </message>
    <message>
        <source>Wrong on purpose: %1</source>
        <translation>Absichtlich falsch: %1</translation>
    </message>
    <message>
        <source>First tokens</source>
        <translation>Erste Tokens</translation>
    </message>
    <message>
        <source>Number of draws</source>
        <translation>Zahl der Ziehungen</translation>
    </message>
    <message>
        <source>How many first tokens are drawn, each with another seed</source>
        <translation>Wie viele erste Tokens gezogen werden, jedes mit einem anderen Startwert</translation>
    </message>
    <message>
        <source>Runs the real method on the real prompt, cut after the first token, and compares the tokens with the target&apos;s law</source>
        <translation>Führt die echte Methode am echten Prompt aus, nach dem ersten Token abgeschnitten, und vergleicht die Tokens mit der Verteilung des Zielmodells</translation>
    </message>
    <message>
        <source>Worlds</source>
        <translation>Welten</translation>
    </message>
    <message>
        <source>Children</source>
        <translation>Kinder</translation>
    </message>
    <message>
        <source>Drawn</source>
        <translation>Gezogen</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>Zielmodell</translation>
    </message>
    <message>
        <source>Draft</source>
        <translation>Entwurf</translation>
    </message>
    <message>
        <source>Distance</source>
        <translation>Abstand</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>Urteil</translation>
    </message>
    <message>
        <source>Total variation between what is emitted and the target&apos;s law</source>
        <translation>Totalvariation zwischen dem Ausgegebenen und der Verteilung des Zielmodells</translation>
    </message>
    <message>
        <source>Expected committed tokens a round</source>
        <translation>Erwartete übernommene Tokens je Runde</translation>
    </message>
    <message>
        <source>Worlds of the certificate</source>
        <translation>Welten des Nachweises</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>Tabelle</translation>
    </message>
    <message>
        <source>Decoding plainly…</source>
        <translation>Wird einfach dekodiert …</translation>
    </message>
    <message>
        <source>Press Run first.</source>
        <translation>Zuerst „Start“ drücken.</translation>
    </message>
    <message>
        <source>This run is sampled: its law is checked below.</source>
        <translation>Dieser Lauf ist gezogen: Seine Verteilung wird unten geprüft.</translation>
    </message>
    <message>
        <source>Not compared with plain decoding yet.</source>
        <translation>Noch nicht mit einfachem Dekodieren verglichen.</translation>
    </message>
    <message>
        <source>✓ Token for token the same as plain greedy decoding.</source>
        <translation>✓ Token für Token wie einfaches gieriges Dekodieren.</translation>
    </message>
    <message>
        <source>✗ Differs from plain greedy decoding.</source>
        <translation>✗ Weicht vom einfachen gierigen Dekodieren ab.</translation>
    </message>
    <message>
        <source>Measuring…</source>
        <translation>Wird gemessen …</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>Messen</translation>
    </message>
    <message>
        <source>In use: %1</source>
        <translation>Verwendet: %1</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Draw</source>
        <translation>Ziehen</translation>
    </message>
    <message>
        <source>Enumerating…</source>
        <translation>Wird aufgezählt …</translation>
    </message>
    <message>
        <source>Not enumerated yet.</source>
        <translation>Noch nicht aufgezählt.</translation>
    </message>
    <message>
        <source>(Of the rule “%1”.)</source>
        <translation>(Zur Regel „%1“.)</translation>
    </message>
    <message>
        <source>(Of another set-up.)</source>
        <translation>(Zu einer anderen Einrichtung.)</translation>
    </message>
    <message>
        <source>Not drawn yet.</source>
        <translation>Noch nicht gezogen.</translation>
    </message>
    <message>
        <source>exact</source>
        <translation>exakt</translation>
    </message>
    <message>
        <source>wrong</source>
        <translation>falsch</translation>
    </message>
    <message>
        <source>lossy</source>
        <translation>verlustbehaftet</translation>
    </message>
    <message>
        <source>Waiting for the model.</source>
        <translation>Wartet auf das Modell.</translation>
    </message>
</context>
<context>
    <name>timberline::app::ExitCalibrateDialog</name>
    <message>
        <source>The largest share of texts that may differ from the full model&apos;s</source>
        <translation>Der größte Anteil der Texte, die von denen des vollen Modells abweichen dürfen</translation>
    </message>
    <message>
        <source>How often the certificate itself may be wrong</source>
        <translation>Wie oft der Nachweis selbst falsch sein darf</translation>
    </message>
    <message>
        <source>Calibrate</source>
        <translation>Kalibrieren</translation>
    </message>
    <message>
        <source>Take this threshold</source>
        <translation>Diese Schwelle übernehmen</translation>
    </message>
    <message>
        <source>Calibrate a threshold on prompts</source>
        <translation>Eine Schwelle an Prompts kalibrieren</translation>
    </message>
    <message>
        <source>Reading the prompts at full depth: %1 %</source>
        <translation>Prompts werden in voller Tiefe gelesen: %1 %</translation>
    </message>
    <message>
        <source>&amp;Prompts, one a line</source>
        <translation>&amp;Prompts, einer je Zeile</translation>
    </message>
    <message>
        <source>Prompts, one a line</source>
        <translation>Prompts, einer je Zeile</translation>
    </message>
    <message>
        <source>Texts like those that the threshold is to hold for.</source>
        <translation>Texte wie die, für die die Schwelle gelten soll.</translation>
    </message>
    <message>
        <source>How far apart the tested thresholds stand, from 1 downwards</source>
        <translation>Wie weit die geprüften Schwellen auseinanderliegen, von 1 abwärts</translation>
    </message>
    <message>
        <source>How many tokens are written after each prompt and compared</source>
        <translation>Wie viele Tokens nach jedem Prompt geschrieben und verglichen werden</translation>
    </message>
    <message>
        <source>Texts that may differ, δ</source>
        <translation>Texte, die abweichen dürfen, δ</translation>
    </message>
    <message>
        <source>Risk of being wrong, ε</source>
        <translation>Irrtumsrisiko, ε</translation>
    </message>
    <message>
        <source>Step between thresholds</source>
        <translation>Schritt zwischen den Schwellen</translation>
    </message>
    <message>
        <source>New tokens a prompt</source>
        <translation>Neue Tokens je Prompt</translation>
    </message>
    <message numerus="yes">
        <source>%n prompt(s).</source>
        <translation>
            <numerusform>%n Prompt.</numerusform>
            <numerusform>%n Prompts.</numerusform>
        </translation>
    </message>
    <message>
        <source>These limits need at least %1, even if no text differs.</source>
        <translation>Diese Grenzen brauchen mindestens %1, selbst wenn kein Text abweicht.</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stoppen</translation>
    </message>
    <message>
        <source>Waiting for the model.</source>
        <translation>Wartet auf das Modell.</translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>Gestoppt.</translation>
    </message>
    <message>
        <source>Nothing was certified.</source>
        <translation>Nichts wurde zertifiziert.</translation>
    </message>
</context>
<context>
    <name>timberline::app::ExitsBench</name>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>%1 samples</source>
        <translation>%1 Proben</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 Tokens</translation>
    </message>
    <message>
        <source>Use from the next token on</source>
        <translation>Ab dem nächsten Token verwenden</translation>
    </message>
    <message>
        <source>Re-run with this threshold</source>
        <translation>Mit dieser Schwelle neu starten</translation>
    </message>
    <message>
        <source>Re-run with this setting</source>
        <translation>Mit dieser Einstellung neu starten</translation>
    </message>
    <message>
        <source>Policy</source>
        <translation>Regel</translation>
    </message>
    <message>
        <source>The policy that is tried out on the readings of this run</source>
        <translation>Die Regel, die an den Auslesungen dieses Laufs erprobt wird</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>Farbe</translation>
    </message>
    <message>
        <source>What the cells are coloured by</source>
        <translation>Wonach die Zellen gefärbt sind</translation>
    </message>
    <message>
        <source>KV</source>
        <translation>KV</translation>
    </message>
    <message>
        <source>Frame cells by where later tokens get their keys and values</source>
        <translation>Zellen danach umrahmen, woher spätere Tokens ihre Schlüssel und Werte bekommen</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>Folgen</translation>
    </message>
    <message>
        <source>Keep the newest token in view</source>
        <translation>Das neueste Token im Blick behalten</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>Einpassen</translation>
    </message>
    <message>
        <source>Show all tokens at once (F); 0 goes back to reading size</source>
        <translation>Alle Tokens auf einmal zeigen (F); 0 kehrt zur Lesegröße zurück</translation>
    </message>
    <message>
        <source>Cost</source>
        <translation>Kosten</translation>
    </message>
    <message>
        <source>What the horizontal axis counts</source>
        <translation>Was die waagerechte Achse zählt</translation>
    </message>
    <message>
        <source>FLOPs</source>
        <translation>FLOPs</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Schichten</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>Qualität</translation>
    </message>
    <message>
        <source>What the vertical axis shows</source>
        <translation>Was die senkrechte Achse zeigt</translation>
    </message>
    <message>
        <source>Agreement</source>
        <translation>Übereinstimmung</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>Likelihood</source>
        <translation>Likelihood</translation>
    </message>
    <message>
        <source>Budget</source>
        <translation>Budget</translation>
    </message>
    <message>
        <source>The most that a token may cost on average, as a share of the full model; 100 % = no budget</source>
        <translation>Was ein Token im Mittel höchstens kosten darf, als Anteil des vollen Modells; 100 % = kein Budget</translation>
    </message>
    <message>
        <source>Try the best within it</source>
        <translation>Beste darin erproben</translation>
    </message>
    <message>
        <source>Tries out the policy and setting with the best quality within the budget</source>
        <translation>Erprobt die Regel und Einstellung mit der besten Qualität innerhalb des Budgets</translation>
    </message>
    <message>
        <source>Right means</source>
        <translation>Als richtig gilt</translation>
    </message>
    <message>
        <source>What a layer&apos;s likeliest token is compared with</source>
        <translation>Womit das wahrscheinlichste Token einer Schicht verglichen wird</translation>
    </message>
    <message>
        <source>right = what the last layer says</source>
        <translation>richtig = was die letzte Schicht sagt</translation>
    </message>
    <message>
        <source>Calibration</source>
        <translation>Kalibrierung</translation>
    </message>
    <message>
        <source>%1 (%2 %3)</source>
        <translation>%1 (%2 %3)</translation>
    </message>
    <message>
        <source>right = what follows, or the class</source>
        <translation>richtig = was folgt, oder die Klasse</translation>
    </message>
    <message>
        <source>Calibrate…</source>
        <translation>Kalibrieren …</translation>
    </message>
    <message>
        <source>Certifies a threshold of this policy on prompts of yours: how low it may be so that early texts seldom differ from the full model&apos;s (Learn then Test)</source>
        <translation>Zertifiziert eine Schwelle dieser Regel an eigenen Prompts: wie niedrig sie sein darf, sodass vorzeitige Texte selten von denen des vollen Modells abweichen (Learn then Test)</translation>
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
    <name>timberline::app::HeadsChooser</name>
    <message>
        <source>Heads</source>
        <translation>Köpfe</translation>
    </message>
    <message>
        <source>none: train some under Heads</source>
        <translation>keine: unter „Köpfe“ trainieren</translation>
    </message>
    <message>
        <source>Choose a folder of trained heads</source>
        <translation>Ordner mit trainierten Köpfen wählen</translation>
    </message>
    <message>
        <source>%1 (bundled)</source>
        <translation>%1 (mitgeliefert)</translation>
    </message>
    <message>
        <source>%1
%2 accepted per pass, as last measured in training</source>
        <translation>%1
%2 angenommen je Durchgang, zuletzt im Training gemessen</translation>
    </message>
</context>
<context>
    <name>timberline::app::HeadsPane</name>
    <message>
        <source>Preparing…</source>
        <translation>Wird vorbereitet …</translation>
    </message>
    <message numerus="yes">
        <source>All %n step(s) of this training are done. Raise the number of steps, then press “Train on”.</source>
        <translation>
            <numerusform>Der %n Schritt dieses Trainings ist getan. Die Zahl der Schritte erhöhen, dann „Weitertrainieren“ drücken.</numerusform>
            <numerusform>Alle %n Schritte dieses Trainings sind getan. Die Zahl der Schritte erhöhen, dann „Weitertrainieren“ drücken.</numerusform>
        </translation>
    </message>
    <message>
        <source>No method here takes heads of the kind “%1”.</source>
        <translation>Keine Methode hier verwendet Köpfe der Art „%1“.</translation>
    </message>
    <message>
        <source>The Draft bench uses these heads now: press Run.</source>
        <translation>Der Arbeitstisch Entwurf verwendet jetzt diese Köpfe: „Start“ drücken.</translation>
    </message>
    <message>
        <source>Writing text: %1 of %2 tokens</source>
        <translation>Text wird geschrieben: %1 von %2 Tokens</translation>
    </message>
    <message>
        <source>Preparing the text…</source>
        <translation>Der Text wird vorbereitet …</translation>
    </message>
    <message>
        <source>Preparing the heads…</source>
        <translation>Die Köpfe werden vorbereitet …</translation>
    </message>
    <message>
        <source>Stopped before the first step.</source>
        <translation>Vor dem ersten Schritt gestoppt.</translation>
    </message>
    <message>
        <source>Stopped. “Resume” goes on from here.</source>
        <translation>Gestoppt. „Fortsetzen“ macht hier weiter.</translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>Gestoppt.</translation>
    </message>
    <message>
        <source>Done.</source>
        <translation>Fertig.</translation>
    </message>
    <message>
        <source>Done. The heads lie in %1.</source>
        <translation>Fertig. Die Köpfe liegen in %1.</translation>
    </message>
    <message>
        <source>The loss is no longer finite: train again with a smaller learning rate.</source>
        <translation>Der Verlust ist nicht mehr endlich: mit kleinerer Lernrate neu trainieren.</translation>
    </message>
    <message>
        <source>whole loss</source>
        <translation>ganzer Verlust</translation>
    </message>
    <message>
        <source>Train on</source>
        <translation>Weitertrainieren</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>Trainieren</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Every training gets a folder of its own in %1</source>
        <translation>Jedes Training bekommt einen eigenen Ordner in %1</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>pausiert</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stoppen</translation>
    </message>
    <message>
        <source>Resume…</source>
        <translation>Fortsetzen …</translation>
    </message>
    <message>
        <source>Use these heads</source>
        <translation>Diese Köpfe verwenden</translation>
    </message>
    <message>
        <source>Trains heads for the model of this bench, as set up on the left</source>
        <translation>Trainiert Köpfe für das Modell dieses Arbeitstischs, wie links eingestellt</translation>
    </message>
    <message>
        <source>Stands still before the next step; other runs pass meanwhile</source>
        <translation>Steht vor dem nächsten Schritt still; andere Läufe kommen solange durch</translation>
    </message>
    <message>
        <source>Ends the training and keeps a checkpoint, from which it can go on</source>
        <translation>Beendet das Training und behält einen Checkpoint, von dem aus es weitergehen kann</translation>
    </message>
    <message>
        <source>Goes on with a training that was stopped or cut off</source>
        <translation>Setzt ein Training fort, das gestoppt oder abgebrochen wurde</translation>
    </message>
    <message>
        <source>Sets the Draft bench up to draft with the heads of this training</source>
        <translation>Stellt den Arbeitstisch Entwurf auf die Köpfe dieses Trainings ein</translation>
    </message>
    <message>
        <source>Part of the loss</source>
        <translation>Teil des Verlusts</translation>
    </message>
    <message>
        <source>Which part of the loss is drawn</source>
        <translation>Welcher Teil des Verlusts gezeichnet wird</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Choose where trained heads are kept</source>
        <translation>Wählen, wo trainierte Köpfe abgelegt werden</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>Speichern …</translation>
    </message>
    <message>
        <source>Saves this training&apos;s record</source>
        <translation>Speichert die Aufzeichnung dieses Trainings</translation>
    </message>
    <message>
        <source>Text written so far</source>
        <translation>Bisher geschriebener Text</translation>
    </message>
    <message>
        <source>%1: step %2 of %3</source>
        <translation>%1: Schritt %2 von %3</translation>
    </message>
    <message>
        <source>Choose a checkpoint…</source>
        <translation>Checkpoint wählen …</translation>
    </message>
    <message>
        <source>Go on from a checkpoint</source>
        <translation>Von einem Checkpoint weitermachen</translation>
    </message>
    <message>
        <source>Checkpoints (*.safetensors)</source>
        <translation>Checkpoints (*.safetensors)</translation>
    </message>
    <message>
        <source>There is no training to save yet.</source>
        <translation>Es gibt noch kein Training zu speichern.</translation>
    </message>
    <message>
        <source>Save this training&apos;s record</source>
        <translation>Aufzeichnung dieses Trainings speichern</translation>
    </message>
    <message>
        <source>Timberline records (*.tlrun)</source>
        <translation>Timberline-Aufzeichnungen (*.tlrun)</translation>
    </message>
    <message>
        <source>%1 cannot be written, and the heads are to lie there.</source>
        <translation>%1 lässt sich nicht beschreiben, und dort sollen die Köpfe liegen.</translation>
    </message>
    <message>
        <source>Choose another folder below the settings.</source>
        <translation>Unter den Einstellungen einen anderen Ordner wählen.</translation>
    </message>
</context>
<context>
    <name>timberline::app::HeadsSetup</name>
    <message>
        <source>More</source>
        <translation>Mehr</translation>
    </message>
    <message>
        <source>Everything else that can be set: the heads&apos; own values, optimizer, schedule, text, measuring</source>
        <translation>Alles Weitere, was sich einstellen lässt: Werte der Köpfe, Optimierer, Zeitplan, Text, Messen</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Training</translation>
    </message>
</context>
<context>
    <name>timberline::app::LandscapeBench</name>
    <message>
        <source>Loss landscape</source>
        <translation>Verlustlandschaft</translation>
    </message>
    <message>
        <source>Plane</source>
        <translation>Ebene</translation>
    </message>
    <message>
        <source>Which surface of this run is shown</source>
        <translation>Welche Fläche dieses Laufs gezeigt wird</translation>
    </message>
    <message>
        <source>Surfaces</source>
        <translation>Flächen</translation>
    </message>
    <message>
        <source>Training and test share one colour scale</source>
        <translation>Training und Test teilen sich eine Farbskala</translation>
    </message>
    <message>
        <source>training and test</source>
        <translation>Training und Test</translation>
    </message>
    <message>
        <source>training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>test</source>
        <translation>Test</translation>
    </message>
    <message>
        <source>Height</source>
        <translation>Höhe</translation>
    </message>
    <message>
        <source>What colours and heights stand for</source>
        <translation>Wofür Farben und Höhen stehen</translation>
    </message>
    <message>
        <source>Noise</source>
        <translation>Rauschen</translation>
    </message>
    <message>
        <source>Hatch where contour lines stand closer than the standard error of the loss</source>
        <translation>Schraffieren, wo Höhenlinien enger liegen als der Standardfehler des Verlusts</translation>
    </message>
    <message>
        <source>Compute</source>
        <translation>Berechnen</translation>
    </message>
    <message>
        <source>Compute another plane of this run, or its curvature, without training again</source>
        <translation>Eine weitere Ebene dieses Laufs oder seine Krümmung berechnen, ohne neu zu trainieren</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Landscape of this run</source>
        <translation>Landschaft dieses Laufs</translation>
    </message>
    <message>
        <source>Random plane, new seeds</source>
        <translation>Zufallsebene, neue Startwerte</translation>
    </message>
    <message>
        <source>Plane of the path (principal components)</source>
        <translation>Ebene des Pfades (Hauptkomponenten)</translation>
    </message>
    <message>
        <source>Plane of the sharpest directions (Hessian)</source>
        <translation>Ebene der schärfsten Richtungen (Hesse)</translation>
    </message>
    <message>
        <source>Gradient and sharpest direction</source>
        <translation>Gradient und schärfste Richtung</translation>
    </message>
    <message>
        <source>Last update and sharpest direction</source>
        <translation>Letztes Update und schärfste Richtung</translation>
    </message>
    <message>
        <source>Line to the start of training</source>
        <translation>Linie zum Trainingsbeginn</translation>
    </message>
    <message>
        <source>Curvature at the moment shown</source>
        <translation>Krümmung zum gezeigten Zeitpunkt</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Log</translation>
    </message>
    <message>
        <source>Losses on a logarithmic axis</source>
        <translation>Verluste auf logarithmischer Achse</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>Lernrate</translation>
    </message>
    <message>
        <source>Moves the limit of stability at once, and sets the learning rate of the training (next step while it runs)</source>
        <translation>Verschiebt die Stabilitätsgrenze sofort und setzt die Lernrate des Trainings (im Lauf ab dem nächsten Schritt)</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>Stability</source>
        <translation>Stabilität</translation>
    </message>
    <message>
        <source>Spectrum</source>
        <translation>Spektrum</translation>
    </message>
    <message>
        <source>Decisions</source>
        <translation>Entscheidungen</translation>
    </message>
    <message>
        <source>Slice</source>
        <translation>Schnitt</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>Proben</translation>
    </message>
    <message>
        <source>Train on painted points</source>
        <translation>Auf gemalten Punkten trainieren</translation>
    </message>
    <message>
        <source>Chooses the painted points as data set; the next run trains on them</source>
        <translation>Wählt die gemalten Punkte als Datensatz; der nächste Lauf trainiert auf ihnen</translation>
    </message>
    <message>
        <source>Paint data</source>
        <translation>Daten malen</translation>
    </message>
    <message>
        <source>follow the timeline</source>
        <translation>der Zeitleiste folgen</translation>
    </message>
    <message>
        <source>of the run</source>
        <translation>die des Laufs</translation>
    </message>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>computing</source>
        <translation>rechnet</translation>
    </message>
    <message numerus="yes">
        <source>surface %n step(s) old</source>
        <translation>
            <numerusform>Fläche %n Schritt alt</numerusform>
            <numerusform>Fläche %n Schritte alt</numerusform>
        </translation>
    </message>
    <message>
        <source>surface of step %1</source>
        <translation>Fläche von Schritt %1</translation>
    </message>
    <message>
        <source>A decision map needs a network of two inputs; this one was trained on %1.</source>
        <translation>Eine Entscheidungskarte braucht ein Netz mit zwei Eingaben; dieses wurde auf %1 trainiert.</translation>
    </message>
    <message>
        <source>Choose two moons, spirals, rings or painted points as data set.</source>
        <translation>Zwei Monde, Spiralen, Ringe oder gemalte Punkte als Datensatz wählen.</translation>
    </message>
    <message>
        <source>Along β</source>
        <translation>Entlang β</translation>
    </message>
    <message>
        <source>Slice the plane along β instead of α</source>
        <translation>Schneidet die Ebene entlang β statt α</translation>
    </message>
    <message>
        <source>A decision map needs a network of two inputs; this one learns from no data.</source>
        <translation>Eine Entscheidungskarte braucht ein Netz mit zwei Eingängen; dieses lernt aus keinen Daten.</translation>
    </message>
    <message>
        <source>Stop computing; what is there stays, and computing the same plane again goes on from it</source>
        <translation>Die Berechnung stoppen; was da ist, bleibt, und dieselbe Ebene erneut zu berechnen setzt sie fort</translation>
    </message>
</context>
<context>
    <name>timberline::app::LayersPane</name>
    <message>
        <source>Shown value</source>
        <translation>Gezeigter Wert</translation>
    </message>
    <message>
        <source>What the cells show. Cost counts the layers computed a token; plain decoding is 1.</source>
        <translation>Was die Zellen zeigen. Die Kosten zählen die je Token berechneten Schichten; einfaches Dekodieren ist 1.</translation>
    </message>
    <message>
        <source>Reads every layer of the model in one pass over the run&apos;s text</source>
        <translation>Liest jede Schicht des Modells in einem Durchlauf über den Text des Laufs</translation>
    </message>
    <message>
        <source>Stopped. “Ask every layer” starts again.</source>
        <translation>Gestoppt. „Jede Schicht fragen“ beginnt neu.</translation>
    </message>
    <message>
        <source>Another text is shown. “Ask every layer” reads it.</source>
        <translation>Ein anderer Text wird gezeigt. „Jede Schicht fragen“ liest ihn.</translation>
    </message>
    <message>
        <source>dashed: set up now</source>
        <translation>gestrichelt: jetzt eingestellt</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stoppen</translation>
    </message>
    <message>
        <source>Ask every layer</source>
        <translation>Jede Schicht fragen</translation>
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
        <source>Attention</source>
        <translation>Attention</translation>
    </message>
    <message>
        <source>Landscape</source>
        <translation>Landschaft</translation>
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
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>&amp;Öffnen …</translation>
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
    <message>
        <source>The Draft bench has no run yet: run it first.</source>
        <translation>Der Arbeitstisch Entwurf hat noch keinen Lauf: erst dort einen starten.</translation>
    </message>
    <message>
        <source>Waits until the run on another bench has ended.</source>
        <translation>Wartet, bis der Lauf auf einem anderen Arbeitstisch beendet ist.</translation>
    </message>
    <message>
        <source>Configs, records, exported pictures and other programs&apos; logs (*.json *.tlrun *.png *.svg *.jsonl *.log);;All files (*)</source>
        <translation>Konfigurationen, Aufzeichnungen, exportierte Bilder und Protokolle anderer Programme (*.json *.tlrun *.png *.svg *.jsonl *.log);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>A config, a record, a picture exported by Timberline, or a log of Spec-Bench, vLLM or llama.cpp</source>
        <translation>Eine Konfiguration, eine Aufzeichnung, ein von Timberline exportiertes Bild oder ein Protokoll von Spec-Bench, vLLM oder llama.cpp</translation>
    </message>
    <message>
        <source>Where does drafting pay?</source>
        <translation>Wo lohnt sich das Entwerfen?</translation>
    </message>
    <message>
        <source>What would hindsight have kept?</source>
        <translation>Was hätte man im Rückblick behalten?</translation>
    </message>
    <message>
        <source>Which layer drafts best?</source>
        <translation>Welche Schicht entwirft am besten?</translation>
    </message>
    <message>
        <source>Is the acceptance rule exact?</source>
        <translation>Ist die Annahmeregel exakt?</translation>
    </message>
    <message>
        <source>Do first tokens follow the law?</source>
        <translation>Folgen die ersten Tokens der Verteilung?</translation>
    </message>
    <message>
        <source>Waits until the training of draft heads has ended or is paused.</source>
        <translation>Wartet, bis das Training der Entwurfsköpfe beendet oder pausiert ist.</translation>
    </message>
    <message>
        <source>Compare methods</source>
        <translation>Verfahren vergleichen</translation>
    </message>
    <message>
        <source>Sweep over values</source>
        <translation>Werte durchlaufen</translation>
    </message>
    <message>
        <source>Train draft heads</source>
        <translation>Entwurfsköpfe trainieren</translation>
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
    <message>
        <source>This run cannot be measured: its config is not complete.</source>
        <translation>Dieser Lauf lässt sich nicht messen: Seine Konfiguration ist nicht vollständig.</translation>
    </message>
    <message>
        <source>Run it again, then measure.</source>
        <translation>Neu laufen lassen, dann messen.</translation>
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
    <name>timberline::app::SweepPane</name>
    <message>
        <source>Use these values</source>
        <translation>Übernehmen</translation>
    </message>
    <message numerus="yes">
        <source>%n point(s)</source>
        <translation>
            <numerusform>%n Punkt</numerusform>
            <numerusform>%n Punkte</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s)</source>
        <translation>
            <numerusform>%n Lauf</numerusform>
            <numerusform>%n Läufe</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of %2 points</source>
        <translation>%1 von %2 Punkten</translation>
    </message>
    <message>
        <source>%1, %2 s left</source>
        <translation>%1, noch %2 s</translation>
    </message>
    <message>
        <source>%1, %2 min left</source>
        <translation>%1, noch %2 min</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Sweep</source>
        <translation>Starten</translation>
    </message>
    <message>
        <source>Stops; the points that are finished stay</source>
        <translation>Hält an; fertige Punkte bleiben</translation>
    </message>
    <message>
        <source>Runs the set-up with every combination of these values</source>
        <translation>Lässt die Einrichtung mit jeder Kombination dieser Werte laufen</translation>
    </message>
    <message numerus="yes">
        <source>This sweep varies %n hyperparameters; one or two can be drawn.</source>
        <translation>
            <numerusform>Dieser Durchgang ändert %n Hyperparameter; zeichnen lassen sich einer oder zwei.</numerusform>
            <numerusform>Dieser Durchgang ändert %n Hyperparameter; zeichnen lassen sich einer oder zwei.</numerusform>
        </translation>
    </message>
    <message>
        <source>Its table is in sweep.csv beside it.</source>
        <translation>Seine Tabelle steht daneben in sweep.csv.</translation>
    </message>
    <message>
        <source>Set up: %1</source>
        <translation>Eingerichtet: %1</translation>
    </message>
    <message>
        <source>Vary</source>
        <translation>Ändern</translation>
    </message>
    <message>
        <source>and</source>
        <translation>und</translation>
    </message>
    <message>
        <source>First hyperparameter</source>
        <translation>Erster Hyperparameter</translation>
    </message>
    <message>
        <source>Second hyperparameter</source>
        <translation>Zweiter Hyperparameter</translation>
    </message>
    <message>
        <source>The hyperparameter along the horizontal axis</source>
        <translation>Der Hyperparameter auf der waagerechten Achse</translation>
    </message>
    <message>
        <source>The hyperparameter along the vertical axis</source>
        <translation>Der Hyperparameter auf der senkrechten Achse</translation>
    </message>
    <message>
        <source>Values of the first hyperparameter</source>
        <translation>Werte des ersten Hyperparameters</translation>
    </message>
    <message>
        <source>Values of the second hyperparameter</source>
        <translation>Werte des zweiten Hyperparameters</translation>
    </message>
    <message>
        <source>A list such as 1,2,4, a range from:to:step such as 1:8:1, or from:to:*factor such as 1:64:*2</source>
        <translation>Eine Liste wie 1,2,4, ein Bereich von:bis:Schritt wie 1:8:1 oder von:bis:*Faktor wie 1:64:*2</translation>
    </message>
    <message>
        <source>Repeats</source>
        <translation>Wiederholungen</translation>
    </message>
    <message>
        <source>Timed runs of each point, in turns with as many of plain decoding; the marks are their medians</source>
        <translation>Gemessene Läufe jedes Punkts, im Wechsel mit ebenso vielen des einfachen Dekodierens; die Marken sind ihre Mediane</translation>
    </message>
    <message>
        <source>Shown value</source>
        <translation>Gezeigter Wert</translation>
    </message>
    <message>
        <source>What the picture shows</source>
        <translation>Was das Bild zeigt</translation>
    </message>
    <message>
        <source>Puts the values of the point with the cursor into the set-up</source>
        <translation>Übernimmt die Werte des Punkts am Cursor in die Einrichtung</translation>
    </message>
    <message>
        <source>nothing else</source>
        <translation>nichts weiter</translation>
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
    <message>
        <source>There is no view “%1” on this bench. Its views: %2.</source>
        <translation>Auf diesem Arbeitstisch gibt es keine Ansicht „%1“. Seine Ansichten: %2.</translation>
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
    <name>timberline::widgets::AttentionInspector</name>
    <message numerus="yes">
        <source>Over %n rows</source>
        <translation>
            <numerusform>Über %n Zeile</numerusform>
            <numerusform>Über %n Zeilen</numerusform>
        </translation>
    </message>
    <message>
        <source>Row of position %1 “%2”</source>
        <translation>Zeile der Position %1 „%2“</translation>
    </message>
    <message>
        <source>Visible keys</source>
        <translation>Sichtbare Schlüssel</translation>
    </message>
    <message>
        <source>Positions that this row can attend to.</source>
        <translation>Positionen, auf die diese Zeile zugreifen kann.</translation>
    </message>
    <message>
        <source>Surprisal of the token</source>
        <translation>Überraschung des Tokens</translation>
    </message>
    <message>
        <source>nats</source>
        <translation>nat</translation>
    </message>
    <message>
        <source>-ln of the chance that the model gave this token.</source>
        <translation>-ln der Wahrscheinlichkeit, die das Modell diesem Token gab.</translation>
    </message>
    <message>
        <source>Entropy of the next token</source>
        <translation>Entropie des nächsten Tokens</translation>
    </message>
    <message>
        <source>How undecided the model is after this position.</source>
        <translation>Wie unentschieden das Modell nach dieser Position ist.</translation>
    </message>
    <message>
        <source>Varentropy of the next token</source>
        <translation>Varentropie des nächsten Tokens</translation>
    </message>
    <message>
        <source>nats²</source>
        <translation>nat²</translation>
    </message>
    <message>
        <source>Variance of the surprisal under the model&apos;s own law.</source>
        <translation>Varianz der Überraschung unter der eigenen Verteilung des Modells.</translation>
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
        <source>The likeliest token&apos;s logit minus the second&apos;s.</source>
        <translation>Logit des wahrscheinlichsten Tokens minus das des zweiten.</translation>
    </message>
    <message>
        <source>Click a head of the overview, a row of the table or a cell of the map. Arrow keys walk them.</source>
        <translation>Einen Kopf der Übersicht, eine Zeile der Tabelle oder eine Zelle der Karte anklicken. Die Pfeiltasten wandern hindurch.</translation>
    </message>
    <message>
        <source>Layer %1 · head %2</source>
        <translation>Schicht %1 · Kopf %2</translation>
    </message>
    <message>
        <source>shares keys and values %1 with heads %2 to %3</source>
        <translation>teilt Schlüssel und Werte %1 mit den Köpfen %2 bis %3</translation>
    </message>
    <message>
        <source>attends by %1</source>
        <translation>Attention mit %1</translation>
    </message>
    <message>
        <source>sees the last %1 positions</source>
        <translation>sieht die letzten %1 Positionen</translation>
    </message>
    <message>
        <source>edited: %1</source>
        <translation>verändert: %1</translation>
    </message>
    <message>
        <source>Query %1 “%2” → key %3 “%4”</source>
        <translation>Anfrage %1 „%2“ → Schlüssel %3 „%4“</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::AttentionSummary</name>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>Tokens shown: the prompt and what has been generated.</source>
        <translation>Gezeigte Tokens: der Prompt und das bisher Erzeugte.</translation>
    </message>
    <message>
        <source>Heads</source>
        <translation>Köpfe</translation>
    </message>
    <message>
        <source>Layers times query heads, and key and value heads where they are shared.</source>
        <translation>Schichten mal Anfrage-Köpfe, dazu Schlüssel- und Wert-Köpfe, wo sie geteilt sind.</translation>
    </message>
    <message>
        <source>Attends by</source>
        <translation>Attention mit</translation>
    </message>
    <message>
        <source>The method of all heads that no edit changes.</source>
        <translation>Das Verfahren aller Köpfe, die kein Eingriff betrifft.</translation>
    </message>
    <message>
        <source>Edits</source>
        <translation>Eingriffe</translation>
    </message>
    <message>
        <source>Changes of heads in force.</source>
        <translation>Geltende Eingriffe in Köpfe.</translation>
    </message>
    <message>
        <source>Perplexity</source>
        <translation>Perplexität</translation>
    </message>
    <message>
        <source>e to the mean surprisal of the text from its second token on.</source>
        <translation>e hoch die mittlere Überraschung des Textes ab seinem zweiten Token.</translation>
    </message>
    <message>
        <source>Mean normalised entropy</source>
        <translation>Mittlere normierte Entropie</translation>
    </message>
    <message>
        <source>Over all heads: 0 = every row looks at one key, 1 = at all keys alike.</source>
        <translation>Über alle Köpfe: 0 = jede Zeile schaut auf einen Schlüssel, 1 = auf alle Schlüssel gleich.</translation>
    </message>
    <message>
        <source>Sink heads</source>
        <translation>Senken-Köpfe</translation>
    </message>
    <message>
        <source>Share of the heads whose mean weight on the first tokens exceeds 0.3.</source>
        <translation>Anteil der Köpfe, deren mittleres Gewicht auf den ersten Tokens 0,3 übersteigt.</translation>
    </message>
    <message>
        <source>Numbers of the run will stand here.</source>
        <translation>Hier werden Zahlen des Laufs stehen.</translation>
    </message>
    <message numerus="yes">
        <source>%n tokens</source>
        <translation>
            <numerusform>%n Token</numerusform>
            <numerusform>%n Tokens</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 × %2, kv %3</source>
        <translation>%1 × %2, kv %3</translation>
    </message>
    <message>
        <source>%1 × %2</source>
        <translation>%1 × %2</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>What-if: the model was not trained for this attention.</source>
        <translation>Was-wäre-wenn: Das Modell wurde nicht für diese Attention trainiert.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::BreakEvenView</name>
    <message>
        <source>draft length (passes)</source>
        <translation>Entwurfslänge (Durchläufe)</translation>
    </message>
    <message>
        <source>acceptance of one drafted token, at width %1</source>
        <translation>Annahme eines entworfenen Tokens, bei Breite %1</translation>
    </message>
    <message>
        <source>slower</source>
        <translation>langsamer</translation>
    </message>
    <message>
        <source>this run</source>
        <translation>dieser Lauf</translation>
    </message>
    <message>
        <source>speed-up</source>
        <translation>Beschleunigung</translation>
    </message>
    <message>
        <source>Break-even map</source>
        <translation>Rentabilitätskarte</translation>
    </message>
    <message>
        <source>At which draft length and acceptance drafting pays on this machine will stand here. Press Run.</source>
        <translation>Hier wird stehen, bei welcher Entwurfslänge und Annahme sich das Entwerfen auf diesem Rechner lohnt. „Start“ drücken.</translation>
    </message>
    <message>
        <source>This record holds no times of its rounds (an imported trace has none), so it says nothing about a machine. Run a method here to measure this one.</source>
        <translation>Diese Aufzeichnung enthält keine Zeiten ihrer Runden (ein importiertes Protokoll hat keine), sagt also nichts über einen Rechner. Hier ein Verfahren laufen lassen, um diesen zu messen.</translation>
    </message>
    <message>
        <source>This run drafted nothing. Choose a drafter and press Run.</source>
        <translation>Dieser Lauf hat nichts entworfen. Ein Entwurfsverfahren wählen und „Start“ drücken.</translation>
    </message>
    <message>
        <source>Plain decoding was not timed: press “Measure speed-up”.</source>
        <translation>Die Zeit des einfachen Dekodierens wurde nicht gemessen: „Beschleunigung messen“ drücken.</translation>
    </message>
    <message>
        <source>draft length %1, width %2, acceptance %3 %: %4× plain decoding</source>
        <translation>Entwurfslänge %1, Breite %2, Annahme %3 %: %4× einfaches Dekodieren</translation>
    </message>
    <message>
        <source>this length pays from an acceptance of %1 % on</source>
        <translation>diese Länge lohnt sich ab einer Annahme von %1 %</translation>
    </message>
    <message>
        <source>this length never pays</source>
        <translation>diese Länge lohnt sich nie</translation>
    </message>
    <message>
        <source>This run: %1× predicted, %2× measured (%3 %).</source>
        <translation>Dieser Lauf: %1× vorhergesagt, %2× gemessen (%3 %).</translation>
    </message>
    <message>
        <source>This run: %1× predicted.</source>
        <translation>Dieser Lauf: %1× vorhergesagt.</translation>
    </message>
    <message>
        <source>It works at length %1, width %2, acceptance %3 %: %4 tokens a round.</source>
        <translation>Er arbeitet mit Länge %1, Breite %2, Annahme %3 %: %4 Tokens je Runde.</translation>
    </message>
    <message>
        <source>At that acceptance, width %1: length %2 is best, %3×.</source>
        <translation>Bei dieser Annahme und Breite %1 ist Länge %2 am besten, %3×.</translation>
    </message>
    <message>
        <source>It pays from %1 % on.</source>
        <translation>Es lohnt sich ab %1 %.</translation>
    </message>
    <message>
        <source>Drafting, k passes: %1 + %2 k ms (through zero: one length was seen).</source>
        <translation>Entwerfen, k Durchläufe: %1 + %2 k ms (durch null: nur eine Länge kam vor).</translation>
    </message>
    <message>
        <source>Drafting, k passes: %1 + %2 k ms.</source>
        <translation>Entwerfen, k Durchläufe: %1 + %2 k ms.</translation>
    </message>
    <message>
        <source>Verifying: %1 ms; one size was seen, so how it grows is not known.</source>
        <translation>Prüfen: %1 ms; nur eine Größe kam vor, also ist nicht bekannt, wie es wächst.</translation>
    </message>
    <message>
        <source>Verifying n tokens: %1 + %2 n ms (through the plain token: one size was seen).</source>
        <translation>Prüfen von n Tokens: %1 + %2 n ms (durch das einfache Token: nur eine Größe kam vor).</translation>
    </message>
    <message>
        <source>Verifying n tokens: %1 + %2 n ms.</source>
        <translation>Prüfen von n Tokens: %1 + %2 n ms.</translation>
    </message>
    <message>
        <source>Other work: %1 ms a round.</source>
        <translation>Übrige Arbeit: %1 ms je Runde.</translation>
    </message>
    <message>
        <source>A plain token: %1 ms, measured.</source>
        <translation>Ein einfaches Token: %1 ms, gemessen.</translation>
    </message>
    <message>
        <source>A plain token: %1 ms by the fitted line.</source>
        <translation>Ein einfaches Token: %1 ms nach der angepassten Geraden.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::CalibrationView</name>
    <message>
        <source>Calibration of each exit</source>
        <translation>Kalibrierung jedes Ausstiegs</translation>
    </message>
    <message>
        <source>Whether each exit is right as often as it claims will stand here.</source>
        <translation>Hier wird stehen, ob jeder Ausstieg so oft richtig liegt, wie er behauptet.</translation>
    </message>
    <message>
        <source>confidence, layer %1 (diamond: claimed)</source>
        <translation>Konfidenz, Schicht %1 (Raute: behauptet)</translation>
    </message>
    <message>
        <source>share that is right</source>
        <translation>Anteil richtig</translation>
    </message>
    <message>
        <source>layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>calibration error (ECE)</source>
        <translation>Kalibrierungsfehler (ECE)</translation>
    </message>
    <message>
        <source>Layer %1: mean confidence %2, right in %3 % of %4 tokens; expected calibration error %5. Right means: %6.</source>
        <translation>Schicht %1: mittlere Konfidenz %2, richtig bei %3 % von %4 Tokens; erwarteter Kalibrierungsfehler %5. Als richtig gilt: %6.</translation>
    </message>
    <message>
        <source>the last layer&apos;s likeliest token</source>
        <translation>das wahrscheinlichste Token der letzten Schicht</translation>
    </message>
    <message>
        <source>the class of the sample</source>
        <translation>die Klasse der Probe</translation>
    </message>
    <message>
        <source>the token that follows in the text</source>
        <translation>das Token, das im Text folgt</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::CellView</name>
    <message>
        <source>One weight</source>
        <translation>Ein Gewicht</translation>
    </message>
    <message>
        <source>Select a cell of the map to see how its weight came about.</source>
        <translation>Eine Zelle der Karte wählen, um zu sehen, wie ihr Gewicht zustande kam.</translation>
    </message>
    <message>
        <source>q · k, sum of the products</source>
        <translation>q · k, Summe der Produkte</translation>
    </message>
    <message>
        <source>times the scale</source>
        <translation>mal Skalierung</translation>
    </message>
    <message>
        <source>score</source>
        <translation>Score</translation>
    </message>
    <message>
        <source>log-sum-exp of the row</source>
        <translation>Log-Sum-Exp der Zeile</translation>
    </message>
    <message>
        <source>weight</source>
        <translation>Gewicht</translation>
    </message>
    <message>
        <source>place in the row</source>
        <translation>Rang in der Zeile</translation>
    </message>
    <message>
        <source>entropy of the row</source>
        <translation>Entropie der Zeile</translation>
    </message>
    <message>
        <source>nats</source>
        <translation>nat</translation>
    </message>
    <message>
        <source>product of each dimension</source>
        <translation>Produkt jeder Dimension</translation>
    </message>
    <message numerus="yes">
        <source>streamed over the keys, %n at a time</source>
        <translation>
            <numerusform>über die Schlüssel gestreamt, je %n auf einmal</numerusform>
            <numerusform>über die Schlüssel gestreamt, je %n auf einmal</numerusform>
        </translation>
    </message>
    <message>
        <source>keys</source>
        <translation>Schlüssel</translation>
    </message>
    <message>
        <source>max m</source>
        <translation>Max. m</translation>
    </message>
    <message>
        <source>sum l</source>
        <translation>Summe l</translation>
    </message>
    <message>
        <source>t</source>
        <translation>t</translation>
    </message>
    <message>
        <source>H</source>
        <translation>H</translation>
    </message>
    <message>
        <source>computing …</source>
        <translation>rechnet …</translation>
    </message>
    <message>
        <source>dimension %1: %2 × %3 = %4</source>
        <translation>Dimension %1: %2 × %3 = %4</translation>
    </message>
    <message>
        <source>After tile %1: maximum m = %2, l = Σ e^(s−m) = %3, t = Σ e^(s−m) (s−m) = %4, entropy ln l − t/l = %5 nats</source>
        <translation>Nach Kachel %1: Maximum m = %2, l = Σ e^(s−m) = %3, t = Σ e^(s−m) (s−m) = %4, Entropie ln l − t/l = %5 nat</translation>
    </message>
    <message>
        <source>No cell is selected.</source>
        <translation>Keine Zelle ist gewählt.</translation>
    </message>
    <message>
        <source>Weight %1 of key %2 for query %3: q · k = %4, score %5.</source>
        <translation>Gewicht %1 von Schlüssel %2 für Anfrage %3: q · k = %4, Score %5.</translation>
    </message>
    <message>
        <source>query (solid), key (dotted)</source>
        <translation>Anfrage (voll), Schlüssel (gepunktet)</translation>
    </message>
    <message>
        <source>weights by</source>
        <translation>Gewichte nach</translation>
    </message>
    <message>
        <source>Weight %1 of key %2 for query %3: q · k = %4, weighed by %5.</source>
        <translation>Gewicht %1 von Schlüssel %2 für Anfrage %3: q · k = %4, gewichtet nach %5.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::CertificateView</name>
    <message>
        <source>exact</source>
        <translation>exakt</translation>
    </message>
    <message>
        <source>wrong</source>
        <translation>falsch</translation>
    </message>
    <message>
        <source>lossy</source>
        <translation>verlustbehaftet</translation>
    </message>
    <message>
        <source>target</source>
        <translation>Zielmodell</translation>
    </message>
    <message>
        <source>emitted</source>
        <translation>ausgegeben</translation>
    </message>
    <message>
        <source>Trying every draw and decision…</source>
        <translation>Jede Ziehung und Entscheidung wird durchgespielt …</translation>
    </message>
    <message>
        <source>Certificate by enumeration</source>
        <translation>Zertifikat durch Aufzählung</translation>
    </message>
    <message>
        <source>There was no world to try.</source>
        <translation>Es gab keine Welt zum Durchspielen.</translation>
    </message>
    <message>
        <source>Every draw and every decision of the acceptance rule on small vocabularies will stand here, against the target&apos;s law. Press “Enumerate”.</source>
        <translation>Hier werden alle Ziehungen und Entscheidungen der Annahmeregel auf kleinen Vokabularen stehen, verglichen mit der Verteilung des Zielmodells. „Aufzählen“ drücken.</translation>
    </message>
    <message>
        <source>likeliest, not drawn</source>
        <translation>die wahrscheinlichsten, nicht gezogen</translation>
    </message>
    <message>
        <source>without replacement</source>
        <translation>ohne Zurücklegen</translation>
    </message>
    <message>
        <source>with replacement</source>
        <translation>mit Zurücklegen</translation>
    </message>
    <message>
        <source>world %1 of %2: children %3, %4</source>
        <translation>Welt %1 von %2: Kinder %3, %4</translation>
    </message>
    <message>
        <source>target %1, draft %2</source>
        <translation>Zielmodell %1, Entwurf %2</translation>
    </message>
    <message>
        <source>emitted %1</source>
        <translation>ausgegeben %1</translation>
    </message>
    <message>
        <source>total variation %1, %2 tokens a round</source>
        <translation>Totalvariation %1, %2 Tokens je Runde</translation>
    </message>
    <message>
        <source>emits the target&apos;s law</source>
        <translation>gibt die Verteilung des Zielmodells aus</translation>
    </message>
    <message>
        <source>does not emit the target&apos;s law</source>
        <translation>gibt nicht die Verteilung des Zielmodells aus</translation>
    </message>
    <message>
        <source>differs, and promises nothing here (lossy)</source>
        <translation>weicht ab und verspricht hier nichts (verlustbehaftet)</translation>
    </message>
    <message>
        <source>Flagged: total variation %1.</source>
        <translation>Erkannt: Totalvariation %1.</translation>
    </message>
    <message>
        <source>Not flagged.</source>
        <translation>Nicht erkannt.</translation>
    </message>
    <message>
        <source>Lossy by declaration: worst total variation %1.</source>
        <translation>Laut Angabe verlustbehaftet: größte Totalvariation %1.</translation>
    </message>
    <message>
        <source>✓ %1 of %2 worlds exact.</source>
        <translation>✓ %1 von %2 Welten exakt.</translation>
    </message>
    <message>
        <source>✗ %1 of %2 worlds exact.</source>
        <translation>✗ %1 von %2 Welten exakt.</translation>
    </message>
    <message>
        <source>Worst total variation %1.</source>
        <translation>Größte Totalvariation %1.</translation>
    </message>
    <message>
        <source>Planted wrong rule: %1</source>
        <translation>Absichtlich falsche Regel: %1</translation>
    </message>
    <message>
        <source>It emits %1 where the target says %2.</source>
        <translation>Sie gibt %1 aus, wo das Zielmodell %2 sagt.</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>%1 more worlds are of kinds for which the rule promises nothing (lossy): worst total variation %2.</source>
        <translation>%1 weitere Welten sind von Arten, für die die Regel nichts verspricht (verlustbehaftet): größte Totalvariation %2.</translation>
    </message>
    <message>
        <source>Every draw and decision is being tried.</source>
        <translation>Jede Ziehung und Entscheidung wird durchgespielt.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::CompareTable</name>
    <message>
        <source>Compared methods</source>
        <translation>Verglichene Verfahren</translation>
    </message>
    <message>
        <source>The numbers of the compared methods will stand here.</source>
        <translation>Hier werden die Zahlen der verglichenen Verfahren stehen.</translation>
    </message>
    <message>
        <source>The best of the compared methods.</source>
        <translation>Das Beste unter den verglichenen Verfahren.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::CompareView</name>
    <message>
        <source>draft</source>
        <translation>Entwurf</translation>
    </message>
    <message>
        <source>verify</source>
        <translation>Prüfung</translation>
    </message>
    <message>
        <source>overhead</source>
        <translation>Rest</translation>
    </message>
    <message>
        <source>below: committed tokens, drafted ones and the target&apos;s own</source>
        <translation>darunter: übernommene Tokens, entworfene und die des Zielmodells</translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n token(s)</source>
        <translation>
            <numerusform>%1 von %n Token</numerusform>
            <numerusform>%1 von %n Tokens</numerusform>
        </translation>
    </message>
    <message>
        <source>running: %1 %</source>
        <translation>läuft: %1 %</translation>
    </message>
    <message>
        <source>not run yet</source>
        <translation>noch nicht ausgeführt</translation>
    </message>
    <message>
        <source>no times in this record</source>
        <translation>keine Zeiten in dieser Aufzeichnung</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ms</translation>
    </message>
    <message>
        <source>0 ms</source>
        <translation>0 ms</translation>
    </message>
    <message>
        <source>Methods on one clock</source>
        <translation>Verfahren auf einer Uhr</translation>
    </message>
    <message>
        <source>Several ways to decode will stand here on one clock.</source>
        <translation>Hier werden mehrere Arten zu dekodieren auf einer Uhr stehen.</translation>
    </message>
    <message>
        <source>Not every method has run.</source>
        <translation>Nicht jedes Verfahren ist gelaufen.</translation>
    </message>
    <message>
        <source>%1: could not run. %2</source>
        <translation>%1: konnte nicht laufen. %2</translation>
    </message>
    <message>
        <source>%1: not run yet.</source>
        <translation>%1: noch nicht ausgeführt.</translation>
    </message>
    <message>
        <source>%1: its record holds no times.</source>
        <translation>%1: Die Aufzeichnung enthält keine Zeiten.</translation>
    </message>
    <message numerus="yes">
        <source>%1: %2 of %n token(s) by then, all in %3 ms.</source>
        <translation>
            <numerusform>%1: %2 von %n Token bis dahin, alles in %3 ms.</numerusform>
            <numerusform>%1: %2 von %n Tokens bis dahin, alle in %3 ms.</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 ms after the start of decoding, in the recorded runs.</source>
        <translation>%1 ms nach Beginn des Dekodierens, in den aufgezeichneten Läufen.</translation>
    </message>
    <message>
        <source>round %1: draft %2 ms, verify %3 ms, overhead %4 ms</source>
        <translation>Runde %1: Entwurf %2 ms, Prüfung %3 ms, Rest %4 ms</translation>
    </message>
    <message numerus="yes">
        <source>%n token(s) committed</source>
        <translation>
            <numerusform>%n Token übernommen</numerusform>
            <numerusform>%n Tokens übernommen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::ContourView</name>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>NaN or infinite (%1)</source>
        <translation>NaN oder unendlich (%1)</translation>
    </message>
    <message>
        <source>contours closer than the standard error</source>
        <translation>Höhenlinien enger als der Standardfehler</translation>
    </message>
    <message>
        <source>between computed cells</source>
        <translation>zwischen berechneten Zellen</translation>
    </message>
    <message>
        <source>path, steps %1 to %2</source>
        <translation>Pfad, Schritte %1 bis %2</translation>
    </message>
    <message>
        <source>distance to the plane</source>
        <translation>Abstand zur Ebene</translation>
    </message>
    <message>
        <source>centre</source>
        <translation>Mittelpunkt</translation>
    </message>
    <message>
        <source>curvature</source>
        <translation>Krümmung</translation>
    </message>
    <message>
        <source>limit of stability</source>
        <translation>Stabilitätsgrenze</translation>
    </message>
    <message>
        <source>colour ends at %1</source>
        <translation>Farbskala endet bei %1</translation>
    </message>
    <message>
        <source>Contours</source>
        <translation>Höhenlinien</translation>
    </message>
    <message>
        <source>The landscape in this record cannot be read: %1</source>
        <translation>Die Landschaft in dieser Aufzeichnung lässt sich nicht lesen: %1</translation>
    </message>
    <message>
        <source>Open another copy of the file, or compute the landscape again.</source>
        <translation>Eine andere Kopie der Datei öffnen oder die Landschaft neu berechnen.</translation>
    </message>
    <message>
        <source>The loss around the trained network will stand here, seen from above. Press Run, or compute the landscape of a training.</source>
        <translation>Hier wird der Verlust um das trainierte Netz stehen, von oben gesehen. „Start“ drücken oder die Landschaft eines Trainings berechnen.</translation>
    </message>
    <message>
        <source>This landscape is a line, not a plane: its losses are drawn as a curve.</source>
        <translation>Diese Landschaft ist eine Linie, keine Ebene: Ihre Verluste sind als Kurve gezeichnet.</translation>
    </message>
    <message>
        <source>α = %1, β = %2</source>
        <translation>α = %1, β = %2</translation>
    </message>
    <message>
        <source>not computed yet</source>
        <translation>noch nicht berechnet</translation>
    </message>
    <message>
        <source>training loss %1</source>
        <translation>Trainingsverlust %1</translation>
    </message>
    <message>
        <source>test loss %1</source>
        <translation>Testverlust %1</translation>
    </message>
    <message>
        <source>No landscape yet.</source>
        <translation>Noch keine Landschaft.</translation>
    </message>
    <message>
        <source>Loss from %1 to %2, %3.</source>
        <translation>Verlust von %1 bis %2, %3.</translation>
    </message>
    <message>
        <source>No finite loss yet, %1.</source>
        <translation>Noch kein endlicher Verlust, %1.</translation>
    </message>
    <message numerus="yes">
        <source>%n cell(s) are NaN or infinite.</source>
        <translation>
            <numerusform>%n Zelle ist NaN oder unendlich.</numerusform>
            <numerusform>%n Zellen sind NaN oder unendlich.</numerusform>
        </translation>
    </message>
    <message>
        <source>Cursor at α %1, β %2: loss %3.</source>
        <translation>Cursor bei α %1, β %2: Verlust %3.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::ControllerView</name>
    <message>
        <source>Controller</source>
        <translation>Steuerung</translation>
    </message>
    <message>
        <source>What a controller that changes the text&apos;s law did will stand here: choose entropy-adaptive or value-guided decoding and press Run.</source>
        <translation>Hier wird stehen, was eine Steuerung tat, die das Gesetz des Textes ändert: entropieadaptives oder wertgeführtes Dekodieren wählen und Start drücken.</translation>
    </message>
    <message>
        <source>Round %1: written by the %2 model</source>
        <translation>Runde %1: vom %2 Modell geschrieben</translation>
    </message>
    <message>
        <source>large</source>
        <translation>großen</translation>
    </message>
    <message>
        <source>small</source>
        <translation>kleinen</translation>
    </message>
    <message>
        <source>entropy %1 bits, mean %2, threshold %3</source>
        <translation>Entropie %1 Bit, Mittel %2, Schwelle %3</translation>
    </message>
    <message numerus="yes">
        <source>it read %n token(s) of the other model first</source>
        <translation>
            <numerusform>es las zuerst %n Token des anderen Modells</numerusform>
            <numerusform>es las zuerst %n Tokens des anderen Modells</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The small model wrote %1 % of %2 tokens; %n switch(es).</source>
        <translation>
            <numerusform>Das kleine Modell schrieb %1 % von %2 Tokens; %n Wechsel.</numerusform>
            <numerusform>Das kleine Modell schrieb %1 % von %2 Tokens; %n Wechsel.</numerusform>
        </translation>
    </message>
    <message>
        <source>What that costs in text is told once plain decoding was measured beside it.</source>
        <translation>Was das am Text kostet, steht hier, sobald einfaches Dekodieren daneben gemessen wurde.</translation>
    </message>
    <message numerus="yes">
        <source>The text is that of the large model alone, as far as both go (%n token(s)).</source>
        <translation>
            <numerusform>Der Text ist der des großen Modells allein, so weit beide reichen (%n Token).</numerusform>
            <numerusform>Der Text ist der des großen Modells allein, so weit beide reichen (%n Tokens).</numerusform>
        </translation>
    </message>
    <message>
        <source>Cost: %1 of %2 tokens are not those of the large model alone, the first at token %3.</source>
        <translation>Preis: %1 von %2 Tokens sind nicht die des großen Modells allein, das erste ist Token %3.</translation>
    </message>
    <message>
        <source>No round with candidates up to here.</source>
        <translation>Bis hier keine Runde mit Kandidaten.</translation>
    </message>
    <message>
        <source>Round %1: candidate %2 of %3 was kept, value %4.</source>
        <translation>Runde %1: Kandidat %2 von %3 blieb, Wert %4.</translation>
    </message>
    <message>
        <source>Round %1: no candidate was possible.</source>
        <translation>Runde %1: kein Kandidat war möglich.</translation>
    </message>
    <message>
        <source>Values from %1 to %2. The model drew the candidates; the tilted law chose among them.</source>
        <translation>Werte von %1 bis %2. Das Modell zog die Kandidaten; das geneigte Gesetz wählte unter ihnen.</translation>
    </message>
    <message>
        <source>Effective candidates: %1. Below 2 one candidate decides: take more of them, or a larger softness.</source>
        <translation>Wirksame Kandidaten: %1. Unter 2 entscheidet ein einziger: mehr Kandidaten oder größere Weichheit nehmen.</translation>
    </message>
    <message>
        <source>Effective candidates: %1.</source>
        <translation>Wirksame Kandidaten: %1.</translation>
    </message>
    <message>
        <source>Reward of the text so far: %1.</source>
        <translation>Belohnung des bisherigen Textes: %1.</translation>
    </message>
    <message>
        <source>drawn</source>
        <translation>gezogen</translation>
    </message>
    <message>
        <source>tilted law</source>
        <translation>geneigtes Gesetz</translation>
    </message>
    <message>
        <source>token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>bits: ● large, ○ small, — mean, ┄ threshold</source>
        <translation>Bit: ● groß, ○ klein, — Mittel, ┄ Schwelle</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::CostPanel</name>
    <message>
        <source>tried out</source>
        <translation>erprobt</translation>
    </message>
    <message>
        <source>this run</source>
        <translation>dieser Lauf</translation>
    </message>
    <message>
        <source>samples counted</source>
        <translation>gezählte Proben</translation>
    </message>
    <message>
        <source>tokens counted</source>
        <translation>gezählte Tokens</translation>
    </message>
    <message>
        <source>Generated tokens up to the moment shown; all tokens when nothing was generated.</source>
        <translation>Bis zum gezeigten Zeitpunkt erzeugte Tokens; alle Tokens, wenn nichts erzeugt wurde.</translation>
    </message>
    <message>
        <source>mean exit depth</source>
        <translation>mittlere Ausstiegstiefe</translation>
    </message>
    <message>
        <source>layers</source>
        <translation>Schichten</translation>
    </message>
    <message>
        <source>Mean of the layers that ran for a token.</source>
        <translation>Mittelwert der Schichten, die für ein Token liefen.</translation>
    </message>
    <message>
        <source>layers run</source>
        <translation>gelaufene Schichten</translation>
    </message>
    <message>
        <source>Share of all layers of all tokens. Leaves out what deciding costs.</source>
        <translation>Anteil an allen Schichten aller Tokens. Ohne die Kosten des Entscheidens.</translation>
    </message>
    <message>
        <source>FLOPs, by the cost model</source>
        <translation>FLOPs, laut Kostenmodell</translation>
    </message>
    <message>
        <source>Share of the full model&apos;s arithmetic: blocks, every read-out that the policy asked for, and keys and values of skipped layers. Above 100 % the policy costs more than it saves.</source>
        <translation>Anteil am Rechenaufwand des vollen Modells: Blöcke, jede Auslesung, die die Regel verlangte, sowie Schlüssel und Werte übersprungener Schichten. Über 100 % kostet die Regel mehr, als sie spart.</translation>
    </message>
    <message>
        <source>time a token, measured</source>
        <translation>Zeit je Token, gemessen</translation>
    </message>
    <message>
        <source>ms</source>
        <translation>ms</translation>
    </message>
    <message>
        <source>Wall time of blocks, read-outs and keys and values. A setting that was only tried out has no measured time: run it.</source>
        <translation>Laufzeit von Blöcken, Auslesungen sowie Schlüsseln und Werten. Eine nur erprobte Einstellung hat keine gemessene Zeit: dazu laufen lassen.</translation>
    </message>
    <message>
        <source>the same with every layer</source>
        <translation>dasselbe mit allen Schichten</translation>
    </message>
    <message>
        <source>Wall time of the same loop with every layer, measured beside this run; – = not measured.</source>
        <translation>Laufzeit derselben Schleife mit allen Schichten, neben diesem Lauf gemessen; – = nicht gemessen.</translation>
    </message>
    <message>
        <source>same token as the full model</source>
        <translation>gleiches Token wie volles Modell</translation>
    </message>
    <message>
        <source>This run: against a clean full-depth run on the same words. Tried out: against the last layer&apos;s readings of this run.</source>
        <translation>Dieser Lauf: gegen einen sauberen Lauf voller Tiefe auf denselben Wörtern. Erprobt: gegen die Auslesungen der letzten Schicht in diesem Lauf.</translation>
    </message>
    <message>
        <source>Against the last layer&apos;s readings of this run; against a clean full-depth run when the run has ended.</source>
        <translation>Gegen die Auslesungen der letzten Schicht in diesem Lauf; nach dem Ende des Laufs gegen einen sauberen Lauf voller Tiefe.</translation>
    </message>
    <message>
        <source>same class as the last exit</source>
        <translation>gleiche Klasse wie letzter Ausstieg</translation>
    </message>
    <message>
        <source>Share of samples whose class at the exit is the last exit&apos;s.</source>
        <translation>Anteil der Proben, deren Klasse am Ausstieg die des letzten Ausstiegs ist.</translation>
    </message>
    <message>
        <source>right</source>
        <translation>richtig</translation>
    </message>
    <message>
        <source>Share of samples whose class at the exit is their own.</source>
        <translation>Anteil der Proben, deren Klasse am Ausstieg ihre eigene ist.</translation>
    </message>
    <message>
        <source>surprise at the exits (NLL)</source>
        <translation>Überraschung an den Ausstiegen (NLL)</translation>
    </message>
    <message>
        <source>nats</source>
        <translation>nat</translation>
    </message>
    <message>
        <source>Mean of minus the log-probability that the exits give to what follows.</source>
        <translation>Mittelwert der negativen Log-Wahrscheinlichkeit, die die Ausstiege dem Folgenden geben.</translation>
    </message>
    <message>
        <source>the same in the full model</source>
        <translation>dasselbe im vollen Modell</translation>
    </message>
    <message>
        <source>Quality lost is the difference of these two lines.</source>
        <translation>Der Qualitätsverlust ist die Differenz dieser beiden Zeilen.</translation>
    </message>
    <message>
        <source>Tried out: decided again from this run&apos;s readings.</source>
        <translation>Erprobt: aus den Auslesungen dieses Laufs neu entschieden.</translation>
    </message>
    <message>
        <source>Tried out: an approximation, because keys and values of skipped layers change what follows. Run it to know.</source>
        <translation>Erprobt: eine Näherung, weil Schlüssel und Werte übersprungener Schichten das Folgende ändern. Gewissheit gibt erst ein Lauf.</translation>
    </message>
    <message numerus="yes">
        <source>%n token(s) cannot be told: they would go on past the layers that were read.</source>
        <translation>
            <numerusform>%n Token bleibt offen: Es liefe über die gelesenen Schichten hinaus.</numerusform>
            <numerusform>%n Tokens bleiben offen: Sie liefen über die gelesenen Schichten hinaus.</numerusform>
        </translation>
    </message>
    <message>
        <source>right before, wrong at the end</source>
        <translation>vorher richtig, am Ende falsch</translation>
    </message>
    <message>
        <source>Share of samples that some exit sorts rightly and the last one wrongly: what deciding too late costs.</source>
        <translation>Anteil der Proben, die irgendein Ausstieg richtig und der letzte falsch einordnet: was es kostet, zu spät zu entscheiden.</translation>
    </message>
    <message>
        <source>What the last layer would have said is not known for every token: this run had no shadow pass. Agreement and surprise are given only when it is.</source>
        <translation>Was die letzte Schicht gesagt hätte, ist nicht für jedes Token bekannt: Dieser Lauf hatte keinen Schattendurchlauf. Übereinstimmung und Überraschung werden nur angegeben, wenn es bekannt ist.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::CurveView</name>
    <message>
        <source>Loss over training</source>
        <translation>Verlust im Training</translation>
    </message>
    <message>
        <source>This record holds a landscape without its training, so there is no curve.</source>
        <translation>Diese Aufzeichnung enthält eine Landschaft ohne ihr Training, daher gibt es keine Kurve.</translation>
    </message>
    <message>
        <source>The loss of every training step will stand here. Press Run to train.</source>
        <translation>Hier wird der Verlust jedes Trainingsschritts stehen. Zum Trainieren „Start“ drücken.</translation>
    </message>
    <message>
        <source>step %1, epoch %2</source>
        <translation>Schritt %1, Epoche %2</translation>
    </message>
    <message>
        <source>loss %1 on the batch</source>
        <translation>Verlust %1 auf dem Batch</translation>
    </message>
    <message>
        <source>accuracy %1 % on the batch</source>
        <translation>Genauigkeit %1 % auf dem Batch</translation>
    </message>
    <message>
        <source>learning rate %1</source>
        <translation>Lernrate %1</translation>
    </message>
    <message>
        <source>gradient norm %1, update norm %2</source>
        <translation>Gradientennorm %1, Update-Norm %2</translation>
    </message>
    <message>
        <source>after it: training loss %1, validation loss %2</source>
        <translation>danach: Trainingsverlust %1, Validierungsverlust %2</translation>
    </message>
    <message>
        <source>NaN or infinite</source>
        <translation>NaN oder unendlich</translation>
    </message>
    <message>
        <source>training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>validation</source>
        <translation>Validierung</translation>
    </message>
    <message>
        <source>step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>loss</source>
        <translation>Verlust</translation>
    </message>
    <message>
        <source>No training steps yet.</source>
        <translation>Noch keine Trainingsschritte.</translation>
    </message>
    <message numerus="yes">
        <source>%n step(s).</source>
        <translation>
            <numerusform>%n Schritt.</numerusform>
            <numerusform>%n Schritte.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n value(s) were changed while training.</source>
        <translation>
            <numerusform>%n Wert wurde im Training geändert.</numerusform>
            <numerusform>%n Werte wurden im Training geändert.</numerusform>
        </translation>
    </message>
    <message>
        <source>batches</source>
        <translation>Batches</translation>
    </message>
    <message>
        <source>rate (right)</source>
        <translation>Rate (rechts)</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::DecisionMapView</name>
    <message>
        <source>Decision map</source>
        <translation>Entscheidungskarte</translation>
    </message>
    <message>
        <source>What the network under the cursor decides for every input will stand here, for data of two inputs. Move the cursor over the plane.</source>
        <translation>Hier wird stehen, was das Netz unter dem Cursor für jede Eingabe entscheidet, bei Daten mit zwei Eingaben. Den Cursor über die Ebene bewegen.</translation>
    </message>
    <message>
        <source>class %1</source>
        <translation>Klasse %1</translation>
    </message>
    <message>
        <source>inputs %1, %2</source>
        <translation>Eingaben %1, %2</translation>
    </message>
    <message>
        <source>output %1</source>
        <translation>Ausgabe %1</translation>
    </message>
    <message>
        <source>%1 with probability %2</source>
        <translation>%1 mit Wahrscheinlichkeit %2</translation>
    </message>
    <message>
        <source>network at α = %1, β = %2: loss %3</source>
        <translation>Netz bei α = %1, β = %2: Verlust %3</translation>
    </message>
    <message>
        <source>Decisions of the network at α %1, β %2 with loss %3, and %4 training samples.</source>
        <translation>Entscheidungen des Netzes bei α %1, β %2 mit Verlust %3, dazu %4 Trainingsproben.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::DecisionMapsView</name>
    <message>
        <source>Decision maps</source>
        <translation>Entscheidungskarten</translation>
    </message>
    <message>
        <source>Decision maps exist for trained nets with two inputs. Choose one as the subject of this bench and press Run.</source>
        <translation>Entscheidungskarten gibt es für trainierte Netze mit zwei Eingaben. Eines als Gegenstand dieses Arbeitstischs wählen und „Start“ drücken.</translation>
    </message>
    <message>
        <source>What every exit decides over the plane will stand here after a run on data with two inputs.</source>
        <translation>Hier wird stehen, was jeder Ausstieg in der Ebene entscheidet, nach einem Lauf auf Daten mit zwei Eingaben.</translation>
    </message>
    <message>
        <source>exit taken</source>
        <translation>genommener Ausstieg</translation>
    </message>
    <message>
        <source>exit %1</source>
        <translation>Ausstieg %1</translation>
    </message>
    <message>
        <source>strong colour: sure</source>
        <translation>kräftige Farbe: sicher</translation>
    </message>
    <message>
        <source>strong colour: sure · exit taken: bright = late</source>
        <translation>kräftige Farbe: sicher · genommener Ausstieg: hell = spät</translation>
    </message>
    <message>
        <source>point (%1, %2)</source>
        <translation>Punkt (%1, %2)</translation>
    </message>
    <message>
        <source>exit %1: class “%2” with probability %3, entropy %4 nats</source>
        <translation>Ausstieg %1: Klasse „%2“ mit Wahrscheinlichkeit %3, Entropie %4 nat</translation>
    </message>
    <message>
        <source>takes exit %1</source>
        <translation>nimmt Ausstieg %1</translation>
    </message>
    <message>
        <source>Decision maps of %1 exits over a grid of %2 by %3 points.</source>
        <translation>Entscheidungskarten von %1 Ausstiegen über ein Gitter von %2 mal %3 Punkten.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::DepthHistogramView</name>
    <message>
        <source>Exit depth</source>
        <translation>Ausstiegstiefe</translation>
    </message>
    <message>
        <source>How many tokens leave at each layer will stand here.</source>
        <translation>Hier wird stehen, wie viele Tokens in jeder Schicht aussteigen.</translation>
    </message>
    <message>
        <source>this run</source>
        <translation>dieser Lauf</translation>
    </message>
    <message>
        <source>tried out</source>
        <translation>erprobt</translation>
    </message>
    <message>
        <source>exit layer (lines: mean depth)</source>
        <translation>Ausstiegsschicht (Linien: mittlere Tiefe)</translation>
    </message>
    <message>
        <source>samples</source>
        <translation>Proben</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>layer %1: %2</source>
        <translation>Schicht %1: %2</translation>
    </message>
    <message>
        <source>Exits in the run: %1. Mean depth %2 layers.</source>
        <translation>Ausstiege im Lauf: %1. Mittlere Tiefe %2 Schichten.</translation>
    </message>
    <message>
        <source>Tried out: mean depth %1 layers.</source>
        <translation>Erprobt: mittlere Tiefe %1 Schichten.</translation>
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
    <name>timberline::widgets::EffectView</name>
    <message>
        <source>Effect of the edits</source>
        <translation>Wirkung der Eingriffe</translation>
    </message>
    <message>
        <source>Switch off, scale or heat a head above: what it does to the next token and to the perplexity will stand here, beside the unchanged model.</source>
        <translation>Oben einen Kopf ausschalten, skalieren oder erhitzen: Hier wird stehen, was das am nächsten Token und an der Perplexität ändert, neben dem unveränderten Modell.</translation>
    </message>
    <message>
        <source>perplexity %1 → %2 (%3 %)</source>
        <translation>Perplexität %1 → %2 (%3 %)</translation>
    </message>
    <message>
        <source>perplexity: the text is too short</source>
        <translation>Perplexität: Der Text ist zu kurz</translation>
    </message>
    <message>
        <source>same likeliest token at %1 of %2 positions</source>
        <translation>gleiches wahrscheinlichstes Token an %1 von %2 Positionen</translation>
    </message>
    <message>
        <source>logits: %1 dB signal to noise</source>
        <translation>Logits: %1 dB Signal-Rausch-Abstand</translation>
    </message>
    <message>
        <source>what-if, model not trained for this</source>
        <translation>Was-wäre-wenn, Modell nicht dafür trainiert</translation>
    </message>
    <message>
        <source>KL (nats)</source>
        <translation>KL (nat)</translation>
    </message>
    <message>
        <source>position in the text</source>
        <translation>Position im Text</translation>
    </message>
    <message>
        <source>KL of the next token&apos;s law</source>
        <translation>KL der Verteilung des nächsten Tokens</translation>
    </message>
    <message>
        <source>next token, unchanged</source>
        <translation>nächstes Token, unverändert</translation>
    </message>
    <message>
        <source>edited</source>
        <translation>verändert</translation>
    </message>
    <message>
        <source>no token&apos;s chance changed</source>
        <translation>keine Tokenwahrscheinlichkeit geändert</translation>
    </message>
    <message>
        <source>computing …</source>
        <translation>rechnet …</translation>
    </message>
    <message>
        <source>“%1” as the next token: %2 unchanged, %3 edited</source>
        <translation>„%1“ als nächstes Token: %2 unverändert, %3 verändert</translation>
    </message>
    <message>
        <source>Position %1 “%2”</source>
        <translation>Position %1 „%2“</translation>
    </message>
    <message>
        <source>KL of the next token&apos;s law: %1 nats</source>
        <translation>KL der Verteilung des nächsten Tokens: %1 nat</translation>
    </message>
    <message>
        <source>Entropy of that law: %1 → %2 nats</source>
        <translation>Entropie dieser Verteilung: %1 → %2 nat</translation>
    </message>
    <message>
        <source>Surprisal of this token: %1 → %2 nats</source>
        <translation>Überraschung dieses Tokens: %1 → %2 nat</translation>
    </message>
    <message>
        <source>Same likeliest token</source>
        <translation>Gleiches wahrscheinlichstes Token</translation>
    </message>
    <message>
        <source>Another likeliest token</source>
        <translation>Anderes wahrscheinlichstes Token</translation>
    </message>
    <message>
        <source>No edits are compared yet.</source>
        <translation>Noch keine Eingriffe verglichen.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::EntropyCurveView</name>
    <message>
        <source>Entropy along the text</source>
        <translation>Entropie entlang des Textes</translation>
    </message>
    <message>
        <source>How widely the selected head attends, token by token, will stand here: press Run.</source>
        <translation>Hier wird stehen, wie breit der gewählte Kopf schaut, Token für Token: „Start“ drücken.</translation>
    </message>
    <message>
        <source>nats</source>
        <translation>nat</translation>
    </message>
    <message>
        <source>position in the text</source>
        <translation>Position im Text</translation>
    </message>
    <message>
        <source>entropy of head %1.%2</source>
        <translation>Entropie von Kopf %1.%2</translation>
    </message>
    <message>
        <source>ceiling ln n</source>
        <translation>Obergrenze ln n</translation>
    </message>
    <message>
        <source>Select a head in the overview.</source>
        <translation>Einen Kopf in der Übersicht wählen.</translation>
    </message>
    <message>
        <source>entropy of the next token</source>
        <translation>Entropie des nächsten Tokens</translation>
    </message>
    <message>
        <source>surprisal of this token</source>
        <translation>Überraschung dieses Tokens</translation>
    </message>
    <message>
        <source>Position %1 “%2”</source>
        <translation>Position %1 „%2“</translation>
    </message>
    <message>
        <source>One visible key: no entropy, in no mean</source>
        <translation>Ein sichtbarer Schlüssel: keine Entropie, in keinem Mittelwert</translation>
    </message>
    <message>
        <source>Entropy of the row: %1 of at most %2 nats</source>
        <translation>Entropie der Zeile: %1 von höchstens %2 nat</translation>
    </message>
    <message>
        <source>Surprisal of this token: %1 nats</source>
        <translation>Überraschung dieses Tokens: %1 nat</translation>
    </message>
    <message>
        <source>Entropy of the next token: %1 nats</source>
        <translation>Entropie des nächsten Tokens: %1 nat</translation>
    </message>
    <message>
        <source>No text yet.</source>
        <translation>Noch kein Text.</translation>
    </message>
    <message>
        <source>Entropy of head %1 of layer %2 along %3 positions; mean %4 nats.</source>
        <translation>Entropie von Kopf %1 der Schicht %2 entlang %3 Positionen; Mittelwert %4 nat.</translation>
    </message>
    <message>
        <source>Surprisal along %1 positions.</source>
        <translation>Überraschung entlang %1 Positionen.</translation>
    </message>
    <message>
        <source>All weights are 0: no entropy, in no mean</source>
        <translation>Alle Gewichte sind 0: keine Entropie, in keinem Mittelwert</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::EntropyMapView</name>
    <message>
        <source>The heads of every layer will stand here, coloured by how widely they attend: press Run.</source>
        <translation>Hier werden die Köpfe jeder Schicht stehen, danach gefärbt, wie breit sie schauen: „Start“ drücken.</translation>
    </message>
    <message>
        <source>Heads by layer</source>
        <translation>Köpfe nach Schicht</translation>
    </message>
    <message>
        <source>layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>head</source>
        <translation>Kopf</translation>
    </message>
    <message>
        <source>kv %1</source>
        <translation>kv %1</translation>
    </message>
    <message>
        <source>weight, share of each head&apos;s largest</source>
        <translation>Gewicht, Anteil am größten des Kopfes</translation>
    </message>
    <message>
        <source>no valid row</source>
        <translation>keine gültige Zeile</translation>
    </message>
    <message>
        <source>cells: text from left to right</source>
        <translation>Zellen: Text von links nach rechts</translation>
    </message>
    <message>
        <source>Layer %1, head %2 (keys and values of kv %3)</source>
        <translation>Schicht %1, Kopf %2 (Schlüssel und Werte von kv %3)</translation>
    </message>
    <message>
        <source>Layer %1, head %2</source>
        <translation>Schicht %1, Kopf %2</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message numerus="yes">
        <source>%n valid rows</source>
        <translation>
            <numerusform>%n gültige Zeile</numerusform>
            <numerusform>%n gültige Zeilen</numerusform>
        </translation>
    </message>
    <message>
        <source>Edited: %1</source>
        <translation>Verändert: %1</translation>
    </message>
    <message>
        <source>No heads yet.</source>
        <translation>Noch keine Köpfe.</translation>
    </message>
    <message>
        <source>%1 layers of %2 heads over %3 positions, coloured by %4. Largest: head %5 of layer %6 with %7.</source>
        <translation>%1 Schichten mit je %2 Köpfen über %3 Positionen, Farbe: %4. Größter Wert: Kopf %5 der Schicht %6 mit %7.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::ExitCandidatesView</name>
    <message>
        <source>Likeliest tokens</source>
        <translation>Wahrscheinlichste Tokens</translation>
    </message>
    <message>
        <source>Select a cell of the exit map to see its likeliest tokens.</source>
        <translation>Eine Zelle der Ausstiegskarte wählen, um ihre wahrscheinlichsten Tokens zu sehen.</translation>
    </message>
    <message>
        <source>Nothing looked at this layer for this token.</source>
        <translation>Für dieses Token wurde diese Schicht nicht angesehen.</translation>
    </message>
    <message>
        <source>all others</source>
        <translation>alle anderen</translation>
    </message>
    <message>
        <source>Likeliest token of layer %1: %2 with probability %3.</source>
        <translation>Wahrscheinlichstes Token der Schicht %1: %2 mit Wahrscheinlichkeit %3.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::ExitInspector</name>
    <message>
        <source>Click a cell of the exit map, or walk it with the arrow keys.</source>
        <translation>Eine Zelle der Ausstiegskarte anklicken oder mit den Pfeiltasten ansteuern.</translation>
    </message>
    <message>
        <source>A token of the prompt: it runs every layer, whatever the policy says.</source>
        <translation>Ein Token des Prompts: Es durchläuft jede Schicht, was auch immer die Regel sagt.</translation>
    </message>
    <message>
        <source>Not run: the token left at layer %1.</source>
        <translation>Nicht gelaufen: Das Token stieg in Schicht %1 aus.</translation>
    </message>
    <message>
        <source>The last layer: every token that came this far ends here. That is no decision of the policy.</source>
        <translation>Die letzte Schicht: Jedes Token, das so weit kam, endet hier. Das ist keine Entscheidung der Regel.</translation>
    </message>
    <message>
        <source>The policy does not look at this layer.</source>
        <translation>Die Regel sieht sich diese Schicht nicht an.</translation>
    </message>
    <message>
        <source>Exits: %1 layers in a row agreed, and %2 were asked for.</source>
        <translation>Steigt aus: %1 Schichten hintereinander stimmten überein, verlangt waren %2.</translation>
    </message>
    <message>
        <source>Goes on: %1 of %2 agreements in a row.</source>
        <translation>Weiter: %1 von %2 Übereinstimmungen hintereinander.</translation>
    </message>
    <message>
        <source>Exits: this is the layer that was chosen.</source>
        <translation>Steigt aus: Das ist die gewählte Schicht.</translation>
    </message>
    <message>
        <source>Goes on to layer %1.</source>
        <translation>Weiter zu Schicht %1.</translation>
    </message>
    <message>
        <source>Exits: score %1 ≥ %2.</source>
        <translation>Steigt aus: Regelwert %1 ≥ %2.</translation>
    </message>
    <message>
        <source>Goes on: score %1 &lt; %2.</source>
        <translation>Weiter: Regelwert %1 &lt; %2.</translation>
    </message>
    <message>
        <source>Probability</source>
        <translation>Wahrscheinlichkeit</translation>
    </message>
    <message>
        <source>Entropy</source>
        <translation>Entropie</translation>
    </message>
    <message>
        <source>nats</source>
        <translation>nat</translation>
    </message>
    <message>
        <source>Margin</source>
        <translation>Abstand</translation>
    </message>
    <message>
        <source>KL to the last layer</source>
        <translation>KL zur letzten Schicht</translation>
    </message>
    <message>
        <source>Cosine of the block</source>
        <translation>Kosinus des Blocks</translation>
    </message>
    <message>
        <source>Surprise of the class</source>
        <translation>Überraschung der Klasse</translation>
    </message>
    <message>
        <source>Surprise of the next token</source>
        <translation>Überraschung des nächsten Tokens</translation>
    </message>
    <message>
        <source>Minus the logarithm of the probability that this layer gives to what follows in the text.</source>
        <translation>Negativer Logarithmus der Wahrscheinlichkeit, die diese Schicht dem gibt, was im Text folgt.</translation>
    </message>
    <message>
        <source>Policy score</source>
        <translation>Regelwert</translation>
    </message>
    <message>
        <source>Threshold here</source>
        <translation>Schwelle hier</translation>
    </message>
    <message>
        <source>The score at which the token would leave; 1 = it never leaves at this layer, or the policy decides by its own rule.</source>
        <translation>Der Regelwert, bei dem das Token aussteigen würde; 1 = es steigt in dieser Schicht nie aus, oder die Regel entscheidet auf eigene Weise.</translation>
    </message>
    <message>
        <source>Agrees with the last layer</source>
        <translation>Wie die letzte Schicht</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
    <message>
        <source>Same likeliest token, with the keys and values of this run (agree_local).</source>
        <translation>Dasselbe wahrscheinlichste Token, mit den Schlüsseln und Werten dieses Laufs (agree_local).</translation>
    </message>
    <message>
        <source>Full model would say</source>
        <translation>Volles Modell würde sagen</translation>
    </message>
    <message>
        <source>The token of a clean full-depth run on the same words (agree_ref).</source>
        <translation>Das Token eines sauberen Laufs in voller Tiefe über dieselben Wörter (agree_ref).</translation>
    </message>
    <message>
        <source>Says the same from</source>
        <translation>Sagt dasselbe ab</translation>
    </message>
    <message>
        <source>layer %1</source>
        <translation>Schicht %1</translation>
    </message>
    <message>
        <source>The lowest layer from which on the likeliest token does not change any more.</source>
        <translation>Die unterste Schicht, ab der sich das wahrscheinlichste Token nicht mehr ändert.</translation>
    </message>
    <message>
        <source>Exit in the run</source>
        <translation>Ausstieg im Lauf</translation>
    </message>
    <message>
        <source>Where the computation of this token really ended.</source>
        <translation>Wo die Berechnung dieses Tokens wirklich endete.</translation>
    </message>
    <message>
        <source>Keys and values</source>
        <translation>Schlüssel und Werte</translation>
    </message>
    <message>
        <source>Where later tokens got this token&apos;s keys and values in this layer.</source>
        <translation>Woher spätere Tokens die Schlüssel und Werte dieses Tokens in dieser Schicht bekamen.</translation>
    </message>
    <message>
        <source>Time of the token</source>
        <translation>Zeit des Tokens</translation>
    </message>
    <message>
        <source>ms</source>
        <translation>ms</translation>
    </message>
    <message>
        <source>Measured: blocks %1 ms, the policy&apos;s read-outs %2 ms, keys and values of skipped layers %3 ms.</source>
        <translation>Gemessen: Blöcke %1 ms, Auslesungen der Regel %2 ms, Schlüssel und Werte übersprungener Schichten %3 ms.</translation>
    </message>
    <message>
        <source>The likeliest token of this layer</source>
        <translation>Das wahrscheinlichste Token dieser Schicht</translation>
    </message>
    <message>
        <source>says exit %1 of %2 about sample %3 of class “%4”</source>
        <translation>sagt Ausstieg %1 von %2 über Probe %3 der Klasse „%4“</translation>
    </message>
    <message>
        <source>says layer %1 of %2 after token %3 “%4”</source>
        <translation>sagt Schicht %1 von %2 nach Token %3 „%4“</translation>
    </message>
    <message>
        <source>Not known: the token left below, and nothing looked at this layer.</source>
        <translation>Nicht bekannt: Das Token stieg darunter aus, und nichts las diese Schicht.</translation>
    </message>
    <message>
        <source>Likeliest tokens of layer %1, temperature 1</source>
        <translation>Wahrscheinlichste Tokens von Schicht %1, Temperatur 1</translation>
    </message>
    <message>
        <source>Score of this token at every layer</source>
        <translation>Regelwert dieses Tokens in jeder Schicht</translation>
    </message>
    <message>
        <source>Likeliest classes at exit %1</source>
        <translation>Wahrscheinlichste Klassen an Ausstieg %1</translation>
    </message>
    <message>
        <source>Score of this sample at every exit</source>
        <translation>Regelwert dieser Probe an jedem Ausstieg</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::FirstTokensView</name>
    <message>
        <source>First tokens against the target&apos;s law</source>
        <translation>Erste Tokens gegen die Verteilung des Zielmodells</translation>
    </message>
    <message>
        <source>How often the real method wrote each first token will stand here, against the target&apos;s law. Press “Draw”.</source>
        <translation>Hier wird stehen, wie oft das echte Verfahren jedes erste Token schrieb, verglichen mit der Verteilung des Zielmodells. „Ziehen“ drücken.</translation>
    </message>
    <message>
        <source>✗ Does not follow the target&apos;s law: p = %1.</source>
        <translation>✗ Folgt nicht der Verteilung des Zielmodells: p = %1.</translation>
    </message>
    <message>
        <source>Lossy, as declared: p = %1.</source>
        <translation>Verlustbehaftet, wie angegeben: p = %1.</translation>
    </message>
    <message>
        <source>✓ Every draw is the target&apos;s likeliest token.</source>
        <translation>✓ Jede Ziehung ist das wahrscheinlichste Token des Zielmodells.</translation>
    </message>
    <message>
        <source>✓ No difference seen: p = %1.</source>
        <translation>✓ Kein Unterschied zu sehen: p = %1.</translation>
    </message>
    <message numerus="yes">
        <source>%1 first tokens of the real method on the real prompt: total variation %2, chi-square %3 at %n degree(s) of freedom.</source>
        <translation>
            <numerusform>%1 erste Tokens des echten Verfahrens auf dem echten Prompt: Totalvariation %2, Chi-Quadrat %3 bei %n Freiheitsgrad.</numerusform>
            <numerusform>%1 erste Tokens des echten Verfahrens auf dem echten Prompt: Totalvariation %2, Chi-Quadrat %3 bei %n Freiheitsgraden.</numerusform>
        </translation>
    </message>
    <message>
        <source>The rule is lossy for this method&apos;s way to draw.</source>
        <translation>Die Regel ist für die Art, wie dieses Verfahren zieht, verlustbehaftet.</translation>
    </message>
    <message>
        <source>token “%1”: %2 of %3 draws (%4), target %5</source>
        <translation>Token „%1“: %2 von %3 Ziehungen (%4), Zielmodell %5</translation>
    </message>
    <message>
        <source>First tokens are being drawn.</source>
        <translation>Erste Tokens werden gezogen.</translation>
    </message>
    <message>
        <source>target</source>
        <translation>Zielmodell</translation>
    </message>
    <message>
        <source>drawn (%1–%2 of %3 tokens)</source>
        <translation>gezogen (%1–%2 von %3 Tokens)</translation>
    </message>
    <message>
        <source>drawn</source>
        <translation>gezogen</translation>
    </message>
    <message>
        <source>Drawing first tokens: %1 %</source>
        <translation>Erste Tokens werden gezogen: %1 %</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::HeadTableModel</name>
    <message>
        <source>Layer %1, head %2: %3 %4</source>
        <translation>Schicht %1, Kopf %2: %3 %4</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>Head</source>
        <translation>Kopf</translation>
    </message>
    <message>
        <source>KV head</source>
        <translation>KV-Kopf</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>Eingriff</translation>
    </message>
    <message>
        <source>%1 In the search: %2</source>
        <translation>%1 In der Suche: %2</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::HeadTableView</name>
    <message>
        <source>All heads</source>
        <translation>Alle Köpfe</translation>
    </message>
    <message>
        <source>3.2   2-4.*   sink&gt;0.3</source>
        <translation>3.2   2-4.*   sink&gt;0.3</translation>
    </message>
    <message>
        <source>Heads by LAYER.HEAD, ranges and *; statistics by comparisons such as sink&gt;0.3 or normalised&lt;=0.5; all words must hold. The names stand in the tooltips of the columns.</source>
        <translation>Köpfe nach SCHICHT.KOPF, Bereichen und *; Statistiken durch Vergleiche wie sink&gt;0.3 oder normalised&lt;=0.5; alle Wörter müssen zutreffen. Die Namen stehen in den Tooltips der Spalten.</translation>
    </message>
    <message>
        <source>Search heads</source>
        <translation>Köpfe suchen</translation>
    </message>
    <message>
        <source>Sinks</source>
        <translation>Senken</translation>
    </message>
    <message>
        <source>Previous token</source>
        <translation>Voriges Token</translation>
    </message>
    <message>
        <source>Induction</source>
        <translation>Induktion</translation>
    </message>
    <message>
        <source>Sharp</source>
        <translation>Scharf</translation>
    </message>
    <message>
        <source>Diffuse</source>
        <translation>Diffus</translation>
    </message>
    <message>
        <source>Edited</source>
        <translation>Verändert</translation>
    </message>
    <message>
        <source>Only heads with %1</source>
        <translation>Nur Köpfe mit %1</translation>
    </message>
    <message>
        <source>Every head with all its numbers will stand here, to be sorted and searched: press Run.</source>
        <translation>Hier wird jeder Kopf mit allen seinen Zahlen stehen, zum Sortieren und Suchen: „Start“ drücken.</translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n heads</source>
        <translation>
            <numerusform>%1 von %n Kopf</numerusform>
            <numerusform>%1 von %n Köpfen</numerusform>
        </translation>
    </message>
    <message>
        <source>%1; not understood: %2</source>
        <translation>%1; nicht verstanden: %2</translation>
    </message>
    <message>
        <source>No heads yet.</source>
        <translation>Noch keine Köpfe.</translation>
    </message>
    <message>
        <source>%1 of %2 heads, sorted by %3.</source>
        <translation>%1 von %2 Köpfen, sortiert nach %3.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::HeadTrainingView</name>
    <message>
        <source>batch</source>
        <translation>Stapel</translation>
    </message>
    <message>
        <source>held-out text</source>
        <translation>zurückgehaltener Text</translation>
    </message>
    <message>
        <source>each prompt</source>
        <translation>je Prompt</translation>
    </message>
    <message>
        <source>all together</source>
        <translation>alle zusammen</translation>
    </message>
    <message>
        <source>kept</source>
        <translation>behalten</translation>
    </message>
    <message>
        <source>best</source>
        <translation>am besten</translation>
    </message>
    <message>
        <source>plain = 1</source>
        <translation>einfach = 1</translation>
    </message>
    <message>
        <source>head %1</source>
        <translation>Kopf %1</translation>
    </message>
    <message>
        <source>value net</source>
        <translation>Wertnetz</translation>
    </message>
    <message>
        <source>steps done</source>
        <translation>getane Schritte</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>Training of draft heads</source>
        <translation>Training der Entwurfsköpfe</translation>
    </message>
    <message>
        <source>Loss and accepted tokens will stand here while heads are trained. Press Train.</source>
        <translation>Hier stehen Verlust und angenommene Tokens, während Köpfe trainiert werden. „Trainieren“ drücken.</translation>
    </message>
    <message numerus="yes">
        <source>Stopped after %n step(s).</source>
        <translation>
            <numerusform>Nach %n Schritt gestoppt.</numerusform>
            <numerusform>Nach %n Schritten gestoppt.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Diverged after %n step(s): take a smaller learning rate.</source>
        <translation>
            <numerusform>Nach %n Schritt divergiert: eine kleinere Lernrate nehmen.</numerusform>
            <numerusform>Nach %n Schritten divergiert: eine kleinere Lernrate nehmen.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Ended after %n step(s): %1</source>
        <translation>
            <numerusform>Nach %n Schritt beendet: %1</numerusform>
            <numerusform>Nach %n Schritten beendet: %1</numerusform>
        </translation>
    </message>
    <message>
        <source>Accepted per pass</source>
        <translation>Angenommen je Durchgang</translation>
    </message>
    <message>
        <source>Held-out accuracy, %</source>
        <translation>Genauigkeit, zurückgehalten, %</translation>
    </message>
    <message>
        <source>Held-out R²</source>
        <translation>R², zurückgehalten</translation>
    </message>
    <message>
        <source>Loss: %1</source>
        <translation>Verlust: %1</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Verlust</translation>
    </message>
    <message numerus="yes">
        <source>after %n step(s)</source>
        <translation>
            <numerusform>nach %n Schritt</numerusform>
            <numerusform>nach %n Schritten</numerusform>
        </translation>
    </message>
    <message>
        <source>loss %1 on the batch, epoch %2</source>
        <translation>Verlust %1 auf dem Stapel, Epoche %2</translation>
    </message>
    <message>
        <source>learning rate %1, gradient norm %2</source>
        <translation>Lernrate %1, Gradientennorm %2</translation>
    </message>
    <message>
        <source>%1 since training began</source>
        <translation>%1 seit Beginn des Trainings</translation>
    </message>
    <message>
        <source>held-out loss %1</source>
        <translation>Verlust auf zurückgehaltenem Text %1</translation>
    </message>
    <message>
        <source>head %1: %2 % right</source>
        <translation>Kopf %1: %2 % richtig</translation>
    </message>
    <message>
        <source>R² %1 on held-out text</source>
        <translation>R² %1 auf zurückgehaltenem Text</translation>
    </message>
    <message numerus="yes">
        <source>%1 accepted per pass (%n prompt(s): %2 to %3)</source>
        <translation>
            <numerusform>%1 angenommen je Durchgang (%n Prompt: %2 bis %3)</numerusform>
            <numerusform>%1 angenommen je Durchgang (%n Prompts: %2 bis %3)</numerusform>
        </translation>
    </message>
    <message>
        <source>written to the folder</source>
        <translation>in den Ordner geschrieben</translation>
    </message>
    <message>
        <source>step %1 of %2</source>
        <translation>Schritt %1 von %2</translation>
    </message>
    <message>
        <source>%1, about %2 left</source>
        <translation>%1, noch etwa %2</translation>
    </message>
    <message>
        <source>loss %1</source>
        <translation>Verlust %1</translation>
    </message>
    <message>
        <source>best %1 accepted per pass</source>
        <translation>bestenfalls %1 angenommen je Durchgang</translation>
    </message>
    <message>
        <source>No heads were trained yet.</source>
        <translation>Noch wurden keine Köpfe trainiert.</translation>
    </message>
    <message numerus="yes">
        <source>%1 accepted per pass, measured after %n step(s)</source>
        <translation>
            <numerusform>%1 angenommen je Durchgang, gemessen nach %n Schritt</numerusform>
            <numerusform>%1 angenommen je Durchgang, gemessen nach %n Schritten</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::HeadView</name>
    <message>
        <source>Selected head</source>
        <translation>Gewählter Kopf</translation>
    </message>
    <message>
        <source>The map that came back does not fit together.</source>
        <translation>Die zurückgegebene Karte passt nicht zusammen.</translation>
    </message>
    <message>
        <source>Select the head again.</source>
        <translation>Den Kopf noch einmal wählen.</translation>
    </message>
    <message>
        <source>The map of one head will stand here, with the text on both axes: press Run.</source>
        <translation>Hier wird die Karte eines Kopfes stehen, mit dem Text an beiden Achsen: „Start“ drücken.</translation>
    </message>
    <message>
        <source>Select a head in the overview to see where it looks.</source>
        <translation>Einen Kopf in der Übersicht wählen, um zu sehen, wohin er blickt.</translation>
    </message>
    <message>
        <source>Key %1 “%2”: receives %3 in all from the rows after it</source>
        <translation>Schlüssel %1 „%2“: erhält insgesamt %3 von den Zeilen danach</translation>
    </message>
    <message numerus="yes">
        <source>Entropy of the row: %1 of at most %2 nats (%n visible keys)</source>
        <translation>
            <numerusform>Entropie der Zeile: %1 von höchstens %2 nat (%n sichtbarer Schlüssel)</numerusform>
            <numerusform>Entropie der Zeile: %1 von höchstens %2 nat (%n sichtbare Schlüssel)</numerusform>
        </translation>
    </message>
    <message>
        <source>Query %1 “%2”</source>
        <translation>Anfrage %1 „%2“</translation>
    </message>
    <message>
        <source>Query %1 “%2” → key %3 “%4”</source>
        <translation>Anfrage %1 „%2“ → Schlüssel %3 „%4“</translation>
    </message>
    <message>
        <source>This row has not been computed yet.</source>
        <translation>Diese Zeile ist noch nicht berechnet.</translation>
    </message>
    <message>
        <source>Masked: the query does not see this key.</source>
        <translation>Maskiert: Die Anfrage sieht diesen Schlüssel nicht.</translation>
    </message>
    <message>
        <source>Weight %1, number %2 in its row</source>
        <translation>Gewicht %1, Nummer %2 in seiner Zeile</translation>
    </message>
    <message>
        <source>Unchanged model %1, difference %2</source>
        <translation>Unverändertes Modell %1, Unterschied %2</translation>
    </message>
    <message>
        <source>No head is selected.</source>
        <translation>Kein Kopf ist gewählt.</translation>
    </message>
    <message>
        <source>Map of head %1 of layer %2.</source>
        <translation>Karte von Kopf %1 der Schicht %2.</translation>
    </message>
    <message>
        <source>%1 further up</source>
        <translation>%1 weiter oben</translation>
    </message>
    <message>
        <source>layer %1 · head %2 · kv %3</source>
        <translation>Schicht %1 · Kopf %2 · KV %3</translation>
    </message>
    <message>
        <source>layer %1 · head %2</source>
        <translation>Schicht %1 · Kopf %2</translation>
    </message>
    <message>
        <source>what-if, model not trained for this</source>
        <translation>Was-wäre-wenn, Modell nicht dafür trainiert</translation>
    </message>
    <message>
        <source>computing rows …</source>
        <translation>Zeilen werden berechnet …</translation>
    </message>
    <message>
        <source>weight of the unchanged model, √ scale</source>
        <translation>Gewicht des unveränderten Modells, √-Skala</translation>
    </message>
    <message>
        <source>weight of the unchanged model</source>
        <translation>Gewicht des unveränderten Modells</translation>
    </message>
    <message>
        <source>weight, √ scale</source>
        <translation>Gewicht, √-Skala</translation>
    </message>
    <message>
        <source>weight</source>
        <translation>Gewicht</translation>
    </message>
    <message>
        <source>width and strength: weight, from 0.02 on · left queries, right keys</source>
        <translation>Breite und Stärke: Gewicht, ab 0,02 · links Anfragen, rechts Schlüssel</translation>
    </message>
    <message>
        <source>not computed</source>
        <translation>nicht berechnet</translation>
    </message>
    <message>
        <source>edited − unchanged</source>
        <translation>verändert − unverändert</translation>
    </message>
    <message>
        <source>The map of this head comes when the run ends or pauses.</source>
        <translation>Die Karte dieses Kopfes kommt, wenn der Lauf endet oder pausiert.</translation>
    </message>
    <message>
        <source>The other rows come when the run ends or pauses.</source>
        <translation>Die übrigen Zeilen kommen, wenn der Lauf endet oder pausiert.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::HessianView</name>
    <message>
        <source>Hessian spectrum</source>
        <translation>Hesse-Spektrum</translation>
    </message>
    <message>
        <source>The curvature of the loss will stand here: largest eigenvalues, trace, and how all of them are spread. Switch curvature on in the set-up, or press Compute curvature.</source>
        <translation>Hier wird die Krümmung des Verlusts stehen: größte Eigenwerte, Spur und die Verteilung aller. Krümmung in der Einrichtung einschalten oder berechnen lassen.</translation>
    </message>
    <message>
        <source>eigenvalue %1: %2, no farther than %3 from the true one</source>
        <translation>Eigenwert %1: %2, höchstens %3 vom wahren entfernt</translation>
    </message>
    <message>
        <source>after step %1</source>
        <translation>nach Schritt %1</translation>
    </message>
    <message>
        <source>trace %1 ± %2 (%3 probes)</source>
        <translation>Spur %1 ± %2 (%3 Probevektoren)</translation>
    </message>
    <message>
        <source>spectral density</source>
        <translation>Spektraldichte</translation>
    </message>
    <message>
        <source>largest eigenvalues</source>
        <translation>größte Eigenwerte</translation>
    </message>
    <message>
        <source>limit of stability</source>
        <translation>Stabilitätsgrenze</translation>
    </message>
    <message>
        <source>eigenvalue, after step %1</source>
        <translation>Eigenwert, nach Schritt %1</translation>
    </message>
    <message>
        <source>eigenvalue, after step %1; %2</source>
        <translation>Eigenwert, nach Schritt %1; %2</translation>
    </message>
    <message>
        <source>density</source>
        <translation>Dichte</translation>
    </message>
    <message>
        <source>No curvature measured yet.</source>
        <translation>Noch keine Krümmung gemessen.</translation>
    </message>
    <message>
        <source>%1 ± %2</source>
        <translation>%1 ± %2</translation>
    </message>
    <message>
        <source>Largest eigenvalues of the Hessian after step %1: %2.</source>
        <translation>Größte Eigenwerte der Hesse-Matrix nach Schritt %1: %2.</translation>
    </message>
    <message>
        <source>The iteration had not converged: take more Lanczos steps.</source>
        <translation>Die Iteration war nicht konvergiert: mehr Lanczos-Schritte nehmen.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::HindsightView</name>
    <message>
        <source>Hindsight</source>
        <translation>Rückblick</translation>
    </message>
    <message>
        <source>How much longer each round could have been with the same number of drafted tokens will stand here. Press Run.</source>
        <translation>Hier wird stehen, wie viel länger jede Runde mit ebenso vielen entworfenen Tokens hätte sein können. „Start“ drücken.</translation>
    </message>
    <message>
        <source>No round of this run drafted anything. Choose a drafter and press Run.</source>
        <translation>Keine Runde dieses Laufs hat etwas entworfen. Ein Entwurfsverfahren wählen und „Start“ drücken.</translation>
    </message>
    <message>
        <source>round %1, %2 drafted tokens: %3 committed</source>
        <translation>Runde %1, %2 entworfene Tokens: %3 übernommen</translation>
    </message>
    <message>
        <source>best tree by the drafter&apos;s probabilities: %1</source>
        <translation>bester Baum nach den Wahrscheinlichkeiten des Entwurfsverfahrens: %1</translation>
    </message>
    <message>
        <source>(expected %1)</source>
        <translation>(erwartet %1)</translation>
    </message>
    <message>
        <source>longest path of the text among the candidates: %1</source>
        <translation>längster Pfad des Textes unter den Kandidaten: %1</translation>
    </message>
    <message>
        <source>or more: the text ends there</source>
        <translation>oder mehr: der Text endet dort</translation>
    </message>
    <message>
        <source>Mend the shape: another tree by the drafter&apos;s own probabilities commits more.</source>
        <translation>Die Form verbessern: Ein anderer Baum nach den eigenen Wahrscheinlichkeiten des Entwurfsverfahrens übernimmt mehr.</translation>
    </message>
    <message>
        <source>Mend the drafter&apos;s ratings, or allow more nodes: the text was among the candidates, but rated too low to be kept.</source>
        <translation>Die Bewertungen des Entwurfsverfahrens verbessern oder mehr Knoten erlauben: Der Text war unter den Kandidaten, aber zu niedrig bewertet, um behalten zu werden.</translation>
    </message>
    <message>
        <source>Mend the drafter: the text was not among its candidates, so no tree of them commits more.</source>
        <translation>Das Entwurfsverfahren verbessern: Der Text war nicht unter seinen Kandidaten, also übernimmt kein Baum daraus mehr.</translation>
    </message>
    <message>
        <source>Too few rounds to say what to mend.</source>
        <translation>Zu wenige Runden, um zu sagen, was zu verbessern ist.</translation>
    </message>
    <message>
        <source>The numbers favour neither drafter nor shape.</source>
        <translation>Die Zahlen sprechen weder für das Entwurfsverfahren noch für die Form.</translation>
    </message>
    <message numerus="yes">
        <source>Committed a round: %1 tokens (mean of %n round(s)).</source>
        <translation>
            <numerusform>Übernommen je Runde: %1 Tokens (Mittel über %n Runde).</numerusform>
            <numerusform>Übernommen je Runde: %1 Tokens (Mittel über %n Runden).</numerusform>
        </translation>
    </message>
    <message>
        <source>Best tree by the drafter&apos;s probabilities: %1 (%2 ± %3).</source>
        <translation>Bester Baum nach den Wahrscheinlichkeiten des Entwurfsverfahrens: %1 (%2 ± %3).</translation>
    </message>
    <message>
        <source>Longest path of the text: %1 (%2 ± %3).</source>
        <translation>Längster Pfad des Textes: %1 (%2 ± %3).</translation>
    </message>
    <message>
        <source>A longer path was there and not kept in %1 of %2 rounds; the text left the candidates in %3.</source>
        <translation>In %1 von %2 Runden war ein längerer Pfad da und wurde nicht behalten; in %3 verließ der Text die Kandidaten.</translation>
    </message>
    <message>
        <source>tokens a round</source>
        <translation>Tokens je Runde</translation>
    </message>
    <message>
        <source>round</source>
        <translation>Runde</translation>
    </message>
    <message>
        <source>committed</source>
        <translation>übernommen</translation>
    </message>
    <message>
        <source>best tree</source>
        <translation>bester Baum</translation>
    </message>
    <message>
        <source>longest path beyond it</source>
        <translation>längster Pfad darüber hinaus</translation>
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
    <message>
        <source>Window: the target computed this guess for later rounds; it was not a candidate.</source>
        <translation>Fenster: Das Zielmodell hat diese Vermutung für spätere Runden berechnet; sie war kein Kandidat.</translation>
    </message>
    <message>
        <source>Accepted by the rule %1, which drew no number for this token.</source>
        <translation>Angenommen nach der Regel %1, die für dieses Token keine Zahl gezogen hat.</translation>
    </message>
    <message>
        <source>Rejected by the rule %1, which drew no number for this token.</source>
        <translation>Verworfen nach der Regel %1, die für dieses Token keine Zahl gezogen hat.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::InterventionBar</name>
    <message>
        <source>Head %1.%2</source>
        <translation>Kopf %1.%2</translation>
    </message>
    <message>
        <source>Switch off</source>
        <translation>Ausschalten</translation>
    </message>
    <message>
        <source>The selected head&apos;s output becomes 0 (ablation)</source>
        <translation>Die Ausgabe des gewählten Kopfes wird 0 (Ablation)</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>Faktor</translation>
    </message>
    <message>
        <source>The selected head&apos;s output is multiplied by this</source>
        <translation>Die Ausgabe des gewählten Kopfes wird damit multipliziert</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>Temperatur</translation>
    </message>
    <message>
        <source>The selected head&apos;s scores are divided by this: below 1 sharper, above 1 flatter</source>
        <translation>Die Scores des gewählten Kopfes werden dadurch geteilt: unter 1 schärfer, über 1 flacher</translation>
    </message>
    <message>
        <source>Attends by</source>
        <translation>Attention mit</translation>
    </message>
    <message>
        <source>The selected head attends by another method</source>
        <translation>Der gewählte Kopf nutzt ein anderes Attention-Verfahren</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Clear all</source>
        <translation>Alle löschen</translation>
    </message>
    <message>
        <source>Take all edits back</source>
        <translation>Alle Eingriffe zurücknehmen</translation>
    </message>
    <message>
        <source>as the run</source>
        <translation>wie der Lauf</translation>
    </message>
    <message>
        <source>change of the list</source>
        <translation>Änderung der Liste</translation>
    </message>
    <message>
        <source>switching off head %1</source>
        <translation>Ausschalten von Kopf %1</translation>
    </message>
    <message>
        <source>switching on head %1</source>
        <translation>Einschalten von Kopf %1</translation>
    </message>
    <message>
        <source>scaling of head %1</source>
        <translation>Skalieren von Kopf %1</translation>
    </message>
    <message>
        <source>temperature of head %1</source>
        <translation>Temperatur von Kopf %1</translation>
    </message>
    <message>
        <source>variant of head %1</source>
        <translation>Verfahren von Kopf %1</translation>
    </message>
    <message>
        <source>restoring head %1</source>
        <translation>Zurücksetzen von Kopf %1</translation>
    </message>
    <message>
        <source>taking back %1</source>
        <translation>Zurücknehmen von %1</translation>
    </message>
    <message>
        <source>clearing all edits</source>
        <translation>Löschen aller Eingriffe</translation>
    </message>
    <message>
        <source>No head</source>
        <translation>Kein Kopf</translation>
    </message>
    <message>
        <source>Layer %1, head %2</source>
        <translation>Schicht %1, Kopf %2</translation>
    </message>
    <message>
        <source>Select a head in the overview or in the table</source>
        <translation>Einen Kopf in der Übersicht oder in der Tabelle wählen</translation>
    </message>
    <message>
        <source>Take %1 back</source>
        <translation>%1 zurücknehmen</translation>
    </message>
    <message>
        <source>Switch on</source>
        <translation>Einschalten</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>Zurücksetzen</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::LandscapeInspector</name>
    <message>
        <source>Click into the contours or the surface. Arrow keys walk the cursor.</source>
        <translation>In die Höhenlinien oder die Fläche klicken. Die Pfeiltasten bewegen den Cursor.</translation>
    </message>
    <message>
        <source>α %1</source>
        <translation>α %1</translation>
    </message>
    <message>
        <source>α %1   β %2</source>
        <translation>α %1   β %2</translation>
    </message>
    <message>
        <source>This cell is not computed yet.</source>
        <translation>Diese Zelle ist noch nicht berechnet.</translation>
    </message>
    <message>
        <source>The loss is not a finite number here: the network&apos;s outputs overflow.</source>
        <translation>Der Verlust ist hier keine endliche Zahl: Die Ausgaben des Netzes laufen über.</translation>
    </message>
    <message>
        <source>Mean over the samples and its standard error (one standard deviation of the mean).</source>
        <translation>Mittelwert über die Proben und sein Standardfehler (eine Standardabweichung des Mittelwerts).</translation>
    </message>
    <message>
        <source>training loss</source>
        <translation>Trainingsverlust</translation>
    </message>
    <message>
        <source>training accuracy</source>
        <translation>Trainingsgenauigkeit</translation>
    </message>
    <message>
        <source>Share of the training samples classified rightly.</source>
        <translation>Anteil der richtig klassifizierten Trainingsproben.</translation>
    </message>
    <message>
        <source>test loss</source>
        <translation>Testverlust</translation>
    </message>
    <message>
        <source>test accuracy</source>
        <translation>Testgenauigkeit</translation>
    </message>
    <message>
        <source>Share of the test samples classified rightly.</source>
        <translation>Anteil der richtig klassifizierten Testproben.</translation>
    </message>
    <message>
        <source>test minus training</source>
        <translation>Test minus Training</translation>
    </message>
    <message>
        <source>How much worse the network does on samples it has not seen.</source>
        <translation>Wie viel schlechter das Netz bei Proben ist, die es nicht gesehen hat.</translation>
    </message>
    <message>
        <source>above the centre</source>
        <translation>über dem Zentrum</translation>
    </message>
    <message>
        <source>Training loss here minus the loss of the network at the centre.</source>
        <translation>Trainingsverlust hier minus Verlust des Netzes im Zentrum.</translation>
    </message>
    <message>
        <source>distance</source>
        <translation>Abstand</translation>
    </message>
    <message>
        <source>Euclidean distance of these parameters to the centre&apos;s.</source>
        <translation>Euklidischer Abstand dieser Parameter von denen des Zentrums.</translation>
    </message>
    <message>
        <source>relative distance</source>
        <translation>relativer Abstand</translation>
    </message>
    <message>
        <source>The distance as a share of the length of the centre&apos;s parameters.</source>
        <translation>Der Abstand als Anteil an der Länge der Parameter des Zentrums.</translation>
    </message>
    <message>
        <source>cell</source>
        <translation>Zelle</translation>
    </message>
    <message>
        <source>of %1</source>
        <translation>von %1</translation>
    </message>
    <message>
        <source>level</source>
        <translation>Stufe</translation>
    </message>
    <message>
        <source>The pass, coarse to fine, that computed this cell.</source>
        <translation>Der Durchgang von grob nach fein, der diese Zelle berechnet hat.</translation>
    </message>
    <message>
        <source>path comes nearest at step</source>
        <translation>Pfad am nächsten bei Schritt</translation>
    </message>
    <message>
        <source>The snapshot of training whose place in the plane is nearest to the cursor.</source>
        <translation>Der Schnappschuss des Trainings, dessen Ort in der Ebene dem Cursor am nächsten liegt.</translation>
    </message>
    <message>
        <source>its loss</source>
        <translation>sein Verlust</translation>
    </message>
    <message>
        <source>True loss of that snapshot, not the surface&apos;s height below it.</source>
        <translation>Wahrer Verlust dieses Schnappschusses, nicht die Höhe der Fläche darunter.</translation>
    </message>
    <message>
        <source>its distance to the plane</source>
        <translation>sein Abstand zur Ebene</translation>
    </message>
    <message>
        <source>How far that snapshot lies off the plane.</source>
        <translation>Wie weit dieser Schnappschuss neben der Ebene liegt.</translation>
    </message>
    <message>
        <source>Place along the line, counted from 1, of %1.</source>
        <translation>Stelle auf der Linie, gezählt ab 1, von %1.</translation>
    </message>
    <message>
        <source>Column and row of the cell, counted from 1, of %1 × %2.</source>
        <translation>Spalte und Zeile der Zelle, gezählt ab 1, von %1 × %2.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::LandscapeSummary</name>
    <message numerus="yes">
        <source>%n part(s) of this record are damaged and left out.</source>
        <translation>
            <numerusform>%n Teil dieser Aufzeichnung ist beschädigt und ausgelassen.</numerusform>
            <numerusform>%n Teile dieser Aufzeichnung sind beschädigt und ausgelassen.</numerusform>
        </translation>
    </message>
    <message>
        <source>Numbers of the run will stand here.</source>
        <translation>Hier werden Zahlen des Laufs stehen.</translation>
    </message>
    <message>
        <source>steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>of %1</source>
        <translation>von %1</translation>
    </message>
    <message>
        <source>Training steps done at the moment shown.</source>
        <translation>Bis zum gezeigten Zeitpunkt ausgeführte Trainingsschritte.</translation>
    </message>
    <message>
        <source>loss on the batch</source>
        <translation>Verlust des Batches</translation>
    </message>
    <message>
        <source>Of the last step shown, before its update.</source>
        <translation>Vom letzten gezeigten Schritt, vor seiner Aktualisierung.</translation>
    </message>
    <message>
        <source>training loss</source>
        <translation>Trainingsverlust</translation>
    </message>
    <message>
        <source>At the last look, after step %1.</source>
        <translation>Bei der letzten Auswertung, nach Schritt %1.</translation>
    </message>
    <message>
        <source>validation loss</source>
        <translation>Validierungsverlust</translation>
    </message>
    <message>
        <source>training accuracy</source>
        <translation>Trainingsgenauigkeit</translation>
    </message>
    <message>
        <source>At the last look.</source>
        <translation>Bei der letzten Auswertung.</translation>
    </message>
    <message>
        <source>validation accuracy</source>
        <translation>Validierungsgenauigkeit</translation>
    </message>
    <message>
        <source>learning rate</source>
        <translation>Lernrate</translation>
    </message>
    <message>
        <source>In force at the last step shown, its schedule applied.</source>
        <translation>Gültig beim letzten gezeigten Schritt, mit ihrem Zeitplan.</translation>
    </message>
    <message>
        <source>parameters</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>Numbers that training changes.</source>
        <translation>Zahlen, die das Training verändert.</translation>
    </message>
    <message>
        <source>surface</source>
        <translation>Fläche</translation>
    </message>
    <message>
        <source>cells</source>
        <translation>Zellen</translation>
    </message>
    <message>
        <source>computed</source>
        <translation>berechnet</translation>
    </message>
    <message>
        <source>Cells that are known so far, from coarse to fine.</source>
        <translation>Bisher bekannte Zellen, von grob nach fein.</translation>
    </message>
    <message>
        <source>NaN or infinite</source>
        <translation>NaN oder unendlich</translation>
    </message>
    <message>
        <source>Cells whose training loss is not a finite number.</source>
        <translation>Zellen, deren Trainingsverlust keine endliche Zahl ist.</translation>
    </message>
    <message>
        <source>loss at the centre</source>
        <translation>Verlust im Zentrum</translation>
    </message>
    <message>
        <source>After step %1.</source>
        <translation>Nach Schritt %1.</translation>
    </message>
    <message>
        <source>surface stands at step</source>
        <translation>Fläche steht bei Schritt</translation>
    </message>
    <message>
        <source>The surface was drawn around another moment than the one shown; only the path follows the timeline.</source>
        <translation>Die Fläche wurde um einen anderen Zeitpunkt als den gezeigten gezeichnet; nur der Pfad folgt der Zeitleiste.</translation>
    </message>
    <message>
        <source>evaluated by</source>
        <translation>berechnet durch</translation>
    </message>
    <message>
        <source>How cells are computed.</source>
        <translation>Wie Zellen berechnet werden.</translation>
    </message>
    <message>
        <source>following cost</source>
        <translation>Kosten des Mitlaufens</translation>
    </message>
    <message>
        <source>% of training time</source>
        <translation>% der Trainingszeit</translation>
    </message>
    <message>
        <source>Training stood still for %1 ms while %2 surfaces were drawn beside it.</source>
        <translation>Das Training stand %1 ms still, während nebenher %2 Flächen gezeichnet wurden.</translation>
    </message>
    <message>
        <source>largest curvature</source>
        <translation>größte Krümmung</translation>
    </message>
    <message>
        <source>%1 ± %2</source>
        <translation>%1 ± %2</translation>
    </message>
    <message>
        <source>Largest eigenvalue of the Hessian after step %1.</source>
        <translation>Größter Eigenwert der Hesse-Matrix nach Schritt %1.</translation>
    </message>
    <message>
        <source>limit of stability</source>
        <translation>Stabilitätsgrenze</translation>
    </message>
    <message>
        <source>Gradient descent diverges along directions of larger curvature: %1.</source>
        <translation>Der Gradientenabstieg divergiert entlang von Richtungen größerer Krümmung: %1.</translation>
    </message>
    <message>
        <source>trace</source>
        <translation>Spur</translation>
    </message>
    <message>
        <source>Sum of all eigenvalues, from %1 random probes.</source>
        <translation>Summe aller Eigenwerte, aus %1 Zufallsvektoren.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::LanesView</name>
    <message>
        <source>idle %1 %</source>
        <translation>untätig %1 %</translation>
    </message>
    <message>
        <source>Draft</source>
        <translation>Entwurf</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>Zielmodell</translation>
    </message>
    <message>
        <source>revoked</source>
        <translation>widerrufen</translation>
    </message>
    <message>
        <source>both at once</source>
        <translation>beide gleichzeitig</translation>
    </message>
    <message>
        <source>simulated</source>
        <translation>simuliert</translation>
    </message>
    <message>
        <source>PRE</source>
        <translation>PRE</translation>
    </message>
    <message>
        <source>POST</source>
        <translation>POST</translation>
    </message>
    <message>
        <source>ms</source>
        <translation>ms</translation>
    </message>
    <message>
        <source>Lanes</source>
        <translation>Spuren</translation>
    </message>
    <message>
        <source>When the draft and the target worked will stand here, side by side. Only PEARL runs both at once: choose it as the controller and press Run.</source>
        <translation>Wann Entwurf und Zielmodell gearbeitet haben, steht hier nebeneinander. Nur PEARL lässt beide gleichzeitig laufen: als Steuerung wählen und „Start“ drücken.</translation>
    </message>
    <message>
        <source>In this run the draft and the target took turns. Only PEARL runs both at once: choose it as the controller and press Run.</source>
        <translation>In diesem Lauf haben Entwurf und Zielmodell sich abgewechselt. Nur PEARL lässt beide gleichzeitig laufen: als Steuerung wählen und „Start“ drücken.</translation>
    </message>
    <message>
        <source>%1: %2 ms, from %3 to %4 ms, %5</source>
        <translation>%1: %2 ms, von %3 bis %4 ms, %5</translation>
    </message>
    <message>
        <source>%1: nothing to do</source>
        <translation>%1: nichts zu tun</translation>
    </message>
    <message>
        <source>Round %1, POST: the target judges a block while the next one is written</source>
        <translation>Runde %1, POST: Das Zielmodell beurteilt einen Block, während der nächste geschrieben wird</translation>
    </message>
    <message>
        <source>Round %1, PRE: the target judges the first token of the block that is being written</source>
        <translation>Runde %1, PRE: Das Zielmodell beurteilt das erste Token des Blocks, der gerade geschrieben wird</translation>
    </message>
    <message numerus="yes">
        <source>%n pass(es)</source>
        <translation>
            <numerusform>%n Durchlauf</numerusform>
            <numerusform>%n Durchläufe</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n token(s) read</source>
        <translation>
            <numerusform>%n Token gelesen</numerusform>
            <numerusform>%n Tokens gelesen</numerusform>
        </translation>
    </message>
    <message>
        <source>both at once: %1 ms</source>
        <translation>beide gleichzeitig: %1 ms</translation>
    </message>
    <message numerus="yes">
        <source>%n drafted token(s) revoked</source>
        <translation>
            <numerusform>%n entworfenes Token widerrufen</numerusform>
            <numerusform>%n entworfene Tokens widerrufen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n drafted token(s) wait for the next round</source>
        <translation>
            <numerusform>%n entworfenes Token wartet auf die nächste Runde</numerusform>
            <numerusform>%n entworfene Tokens warten auf die nächste Runde</numerusform>
        </translation>
    </message>
    <message>
        <source>simulated: both ran one after the other and are drawn as if they had begun at once</source>
        <translation>simuliert: Beide liefen nacheinander und sind gezeichnet, als hätten sie gleichzeitig begonnen</translation>
    </message>
    <message>
        <source>No round with two lanes up to here.</source>
        <translation>Bis hier keine Runde mit zwei Spuren.</translation>
    </message>
    <message>
        <source>%1 ms of %2 ms, %3 %</source>
        <translation>%1 ms von %2 ms, %3 %</translation>
    </message>
    <message>
        <source>Overlap: %1.</source>
        <translation>Überlappung: %1.</translation>
    </message>
    <message>
        <source>Simulated overlap: %1.</source>
        <translation>Simulierte Überlappung: %1.</translation>
    </message>
    <message>
        <source>Overlap, in part simulated: %1.</source>
        <translation>Überlappung, zum Teil simuliert: %1.</translation>
    </message>
    <message>
        <source>Hidden: %1 % of the shorter work.</source>
        <translation>Verdeckt: %1 % der kürzeren Arbeit.</translation>
    </message>
    <message>
        <source>Idle: draft %1 %, target %2 %.</source>
        <translation>Untätig: Entwurf %1 %, Zielmodell %2 %.</translation>
    </message>
    <message numerus="yes">
        <source>%n round(s) without two lanes are left out.</source>
        <translation>
            <numerusform>%n Runde ohne zwei Spuren ist ausgelassen.</numerusform>
            <numerusform>%n Runden ohne zwei Spuren sind ausgelassen.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::LayerDraftsView</name>
    <message>
        <source>Committed a pass</source>
        <translation>Übernommen je Durchlauf</translation>
    </message>
    <message>
        <source>Acceptance</source>
        <translation>Annahme</translation>
    </message>
    <message>
        <source>Cost</source>
        <translation>Kosten</translation>
    </message>
    <message>
        <source>Every layer as a drafter</source>
        <translation>Jede Schicht als Entwurfsverfahren</translation>
    </message>
    <message>
        <source>What each layer would have accepted as a drafter of its own model will stand here. Press Run, then “Ask every layer”.</source>
        <translation>Hier wird stehen, was von jeder Schicht als Entwurfsverfahren ihres eigenen Modells angenommen worden wäre. „Start“ drücken, dann „Jede Schicht fragen“.</translation>
    </message>
    <message>
        <source>A model of one layer has no layer that could draft.</source>
        <translation>Ein Modell mit einer Schicht hat keine Schicht, die entwerfen könnte.</translation>
    </message>
    <message>
        <source>exit layer %1, draft length %2</source>
        <translation>Ausstiegsschicht %1, Entwurfslänge %2</translation>
    </message>
    <message>
        <source> – least cost</source>
        <translation> – geringste Kosten</translation>
    </message>
    <message>
        <source>%1 tokens a pass, %2 % of the drafts accepted</source>
        <translation>%1 Tokens je Durchlauf, %2 % der Entwürfe angenommen</translation>
    </message>
    <message>
        <source>cost %1 (layers computed a token; plain decoding = 1)</source>
        <translation>Kosten %1 (je Token berechnete Schichten; einfaches Dekodieren = 1)</translation>
    </message>
    <message>
        <source>Click or Return: draft with this layer and run</source>
        <translation>Klick oder Eingabetaste: mit dieser Schicht entwerfen und starten</translation>
    </message>
    <message>
        <source>Least cost: exit layer %1, length %2: %3 of plain decoding&apos;s layers a token.</source>
        <translation>Geringste Kosten: Ausstiegsschicht %1, Länge %2: das %3-Fache der Schichten je Token des einfachen Dekodierens.</translation>
    </message>
    <message>
        <source>No layer pays: even exit layer %1 at length %2 computes %3 of plain decoding&apos;s layers a token.</source>
        <translation>Keine Schicht lohnt sich: Selbst Ausstiegsschicht %1 mit Länge %2 berechnet das %3-Fache der Schichten je Token des einfachen Dekodierens.</translation>
    </message>
    <message>
        <source>There: %1 tokens a pass, %2 % accepted.</source>
        <translation>Dort: %1 Tokens je Durchlauf, %2 % angenommen.</translation>
    </message>
    <message numerus="yes">
        <source>From one pass over the run&apos;s %n token(s); exact for greedy decoding. Cost counts layers, not time.</source>
        <translation>
            <numerusform>Aus einem Durchlauf über %n Token des Laufs; exakt für gieriges Dekodieren. Die Kosten zählen Schichten, nicht Zeit.</numerusform>
            <numerusform>Aus einem Durchlauf über die %n Tokens des Laufs; exakt für gieriges Dekodieren. Die Kosten zählen Schichten, nicht Zeit.</numerusform>
        </translation>
    </message>
    <message>
        <source>Click a cell to draft with it.</source>
        <translation>Eine Zelle anklicken, um mit ihr zu entwerfen.</translation>
    </message>
    <message>
        <source>Every layer is being read.</source>
        <translation>Jede Schicht wird gelesen.</translation>
    </message>
    <message>
        <source>cost</source>
        <translation>Kosten</translation>
    </message>
    <message>
        <source>committed</source>
        <translation>übernommen</translation>
    </message>
    <message>
        <source>accepted</source>
        <translation>angenommen</translation>
    </message>
    <message>
        <source>of plain</source>
        <translation>× einfach</translation>
    </message>
    <message>
        <source>tokens a pass</source>
        <translation>Tokens je Durchlauf</translation>
    </message>
    <message>
        <source>share</source>
        <translation>Anteil</translation>
    </message>
    <message>
        <source>Reading every layer…</source>
        <translation>Jede Schicht wird gelesen …</translation>
    </message>
    <message>
        <source>draft length (tokens)</source>
        <translation>Entwurfslänge (Tokens)</translation>
    </message>
    <message>
        <source>exit layer</source>
        <translation>Ausstiegsschicht</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::LayerMapView</name>
    <message>
        <source>Exit map</source>
        <translation>Ausstiegskarte</translation>
    </message>
    <message>
        <source>Scroll the exit map</source>
        <translation>Ausstiegskarte rollen</translation>
    </message>
    <message>
        <source>The record is damaged; open another copy, or run its config again.</source>
        <translation>Die Aufzeichnung ist beschädigt; eine andere Kopie öffnen oder ihre Konfiguration noch einmal laufen lassen.</translation>
    </message>
    <message>
        <source>The model reads the prompt…</source>
        <translation>Das Modell liest den Prompt …</translation>
    </message>
    <message>
        <source>No token is shown yet. Press Run, or move the timeline forward.</source>
        <translation>Noch wird kein Token gezeigt. „Start“ drücken oder die Zeitleiste vorwärts bewegen.</translation>
    </message>
    <message>
        <source>What every layer would have said, and where each token left the model, will stand here. Press Run.</source>
        <translation>Hier wird stehen, was jede Schicht gesagt hätte und wo jedes Token das Modell verließ. „Start“ drücken.</translation>
    </message>
    <message numerus="yes">
        <source>%n part(s) of the record could not be read: %1</source>
        <translation>
            <numerusform>%n Teil der Aufzeichnung ließ sich nicht lesen: %1</numerusform>
            <numerusform>%n Teile der Aufzeichnung ließen sich nicht lesen: %1</numerusform>
        </translation>
    </message>
    <message>
        <source>Layer %1, token %2 “%3”</source>
        <translation>Schicht %1, Token %2 „%3“</translation>
    </message>
    <message>
        <source>Exit %1, sample %2 of class “%3”</source>
        <translation>Ausstieg %1, Probe %2 der Klasse „%3“</translation>
    </message>
    <message>
        <source>Not known: the token left the model below, and nothing looked at this layer.</source>
        <translation>Nicht bekannt: Das Token verließ das Modell darunter, und nichts las diese Schicht.</translation>
    </message>
    <message>
        <source>says “%1” with probability %2</source>
        <translation>sagt „%1“ mit Wahrscheinlichkeit %2</translation>
    </message>
    <message>
        <source>entropy %1 nats · margin %2</source>
        <translation>Entropie %1 nat · Abstand %2</translation>
    </message>
    <message>
        <source>KL to the last layer %1 nats · cosine %2</source>
        <translation>KL zur letzten Schicht %1 nat · Kosinus %2</translation>
    </message>
    <message>
        <source>policy score %1 · threshold %2</source>
        <translation>Regelwert %1 · Schwelle %2</translation>
    </message>
    <message>
        <source>keys and values in the run: %1</source>
        <translation>Schlüssel und Werte im Lauf: %1</translation>
    </message>
    <message>
        <source>The computation ends here: the last layer.</source>
        <translation>Hier endet die Berechnung: die letzte Schicht.</translation>
    </message>
    <message>
        <source>The token exits here.</source>
        <translation>Hier steigt das Token aus.</translation>
    </message>
    <message>
        <source>Not run for the text: the token left at layer %1.</source>
        <translation>Für den Text nicht berechnet: Das Token stieg in Schicht %1 aus.</translation>
    </message>
    <message>
        <source>Sample %1 of class “%2”</source>
        <translation>Probe %1 der Klasse „%2“</translation>
    </message>
    <message>
        <source>Token %1 “%2”</source>
        <translation>Token %1 „%2“</translation>
    </message>
    <message>
        <source>next: “%1”</source>
        <translation>nächstes: „%1“</translation>
    </message>
    <message>
        <source>exit at layer %1 of %2 (in the run: %3)</source>
        <translation>Ausstieg in Schicht %1 von %2 (im Lauf: %3)</translation>
    </message>
    <message>
        <source>goes on past the layers that were read (in the run: exit at layer %1)</source>
        <translation>geht über die gelesenen Schichten hinaus (im Lauf: Ausstieg in Schicht %1)</translation>
    </message>
    <message>
        <source>says the same from layer %1 on</source>
        <translation>sagt dasselbe ab Schicht %1</translation>
    </message>
    <message>
        <source>Layer %1: %2 of %3 exit here.
Its likeliest token is the last layer&apos;s for %4 of %5, and the one that follows for %6 of %7.</source>
        <translation>Schicht %1: %2 von %3 steigen hier aus.
Ihr wahrscheinlichstes Token ist bei %4 von %5 das der letzten Schicht und bei %6 von %7 das, das folgt.</translation>
    </message>
    <message>
        <source>Exit map of %1 layers by %2 tokens, coloured by %3. Mean exit depth %4 layers.</source>
        <translation>Ausstiegskarte von %1 Schichten mal %2 Tokens, gefärbt nach %3. Mittlere Ausstiegstiefe %4 Schichten.</translation>
    </message>
    <message>
        <source>From token %1 on only a new run can tell.</source>
        <translation>Ab Token %1 zeigt es nur ein neuer Lauf.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::LineView</name>
    <message>
        <source>Slice</source>
        <translation>Schnitt</translation>
    </message>
    <message>
        <source>Losses along a line will stand here: a landscape of one dimension, or a slice of the plane through the cursor.</source>
        <translation>Hier werden die Verluste entlang einer Linie stehen: eine eindimensionale Landschaft oder ein Schnitt der Ebene durch den Cursor.</translation>
    </message>
    <message>
        <source>not computed yet</source>
        <translation>noch nicht berechnet</translation>
    </message>
    <message>
        <source>training loss %1</source>
        <translation>Trainingsverlust %1</translation>
    </message>
    <message>
        <source>test loss %1</source>
        <translation>Testverlust %1</translation>
    </message>
    <message>
        <source>NaN or infinite</source>
        <translation>NaN oder unendlich</translation>
    </message>
    <message>
        <source>barrier %1</source>
        <translation>Barriere %1</translation>
    </message>
    <message>
        <source>β, at α = %1</source>
        <translation>β, bei α = %1</translation>
    </message>
    <message>
        <source>α, at β = %1</source>
        <translation>α, bei β = %1</translation>
    </message>
    <message>
        <source>accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>loss</source>
        <translation>Verlust</translation>
    </message>
    <message>
        <source>No losses along a line yet.</source>
        <translation>Noch keine Verluste entlang einer Linie.</translation>
    </message>
    <message>
        <source>Barrier %1 at α = %2.</source>
        <translation>Barriere %1 bei α = %2.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::LossHistogramView</name>
    <message>
        <source>Losses of samples</source>
        <translation>Verluste der Proben</translation>
    </message>
    <message>
        <source>How losses are spread over samples will stand here: those trained on against those never seen.</source>
        <translation>Hier wird stehen, wie sich die Verluste über die Proben verteilen: trainierte gegen nie gesehene.</translation>
    </message>
    <message>
        <source>the network at α = %1, β = %2</source>
        <translation>das Netz bei α = %1, β = %2</translation>
    </message>
    <message>
        <source>the network after step %1</source>
        <translation>das Netz nach Schritt %1</translation>
    </message>
    <message>
        <source>trained on</source>
        <translation>trainiert</translation>
    </message>
    <message>
        <source>not seen</source>
        <translation>nicht gesehen</translation>
    </message>
    <message>
        <source>flipped labels</source>
        <translation>vertauschte Labels</translation>
    </message>
    <message>
        <source>loss of a sample (last bin: all above)</source>
        <translation>Verlust einer Probe (letzter Balken: alle darüber)</translation>
    </message>
    <message>
        <source>loss of a sample</source>
        <translation>Verlust einer Probe</translation>
    </message>
    <message>
        <source>samples (%)</source>
        <translation>Proben (%)</translation>
    </message>
    <message>
        <source>loss above %1</source>
        <translation>Verlust über %1</translation>
    </message>
    <message>
        <source>loss from %1 to %2</source>
        <translation>Verlust von %1 bis %2</translation>
    </message>
    <message>
        <source>trained on: %1 of %2</source>
        <translation>trainiert: %1 von %2</translation>
    </message>
    <message>
        <source>not seen: %1 of %2</source>
        <translation>nicht gesehen: %1 von %2</translation>
    </message>
    <message>
        <source>flipped labels: %1 of %2</source>
        <translation>vertauschte Labels: %1 von %2</translation>
    </message>
    <message>
        <source>No losses of samples yet.</source>
        <translation>Noch keine Verluste der Proben.</translation>
    </message>
    <message>
        <source>Losses of %1 samples trained on and %2 not seen, %3.</source>
        <translation>Verluste von %1 trainierten und %2 nicht gesehenen Proben, %3.</translation>
    </message>
    <message numerus="yes">
        <source>%n sample(s) have flipped labels.</source>
        <translation>
            <numerusform>%n Probe hat ein vertauschtes Label.</numerusform>
            <numerusform>%n Proben haben vertauschte Labels.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n loss(es) are NaN or infinite and left out.</source>
        <translation>
            <numerusform>%n Verlust ist NaN oder unendlich und ausgelassen.</numerusform>
            <numerusform>%n Verluste sind NaN oder unendlich und ausgelassen.</numerusform>
        </translation>
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
    <name>timberline::widgets::PaintedPoints</name>
    <message>
        <source>Paint class %1 (key %1)</source>
        <translation>Klasse %1 malen (Taste %1)</translation>
    </message>
    <message>
        <source>Class %1</source>
        <translation>Klasse %1</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Take the last stroke back (Ctrl+Z)</source>
        <translation>Den letzten Strich zurücknehmen (Strg+Z)</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Leeren</translation>
    </message>
    <message>
        <source>Remove all points</source>
        <translation>Alle Punkte entfernen</translation>
    </message>
    <message numerus="yes">
        <source>%n point(s)</source>
        <translation>
            <numerusform>%n Punkt</numerusform>
            <numerusform>%n Punkte</numerusform>
        </translation>
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
    <name>timberline::widgets::ParetoView</name>
    <message>
        <source>Cost and quality</source>
        <translation>Kosten und Qualität</translation>
    </message>
    <message>
        <source>What each policy saves and loses will stand here: one point a setting, from one run&apos;s readings.</source>
        <translation>Hier wird stehen, was jede Regel spart und verliert: ein Punkt je Einstellung, aus den Auslesungen eines Laufs.</translation>
    </message>
    <message>
        <source>FLOPs, share of the full model</source>
        <translation>FLOPs, Anteil am vollen Modell</translation>
    </message>
    <message>
        <source>layers run, share of all</source>
        <translation>gerechnete Schichten, Anteil an allen</translation>
    </message>
    <message>
        <source>agreement</source>
        <translation>Übereinstimmung</translation>
    </message>
    <message>
        <source>accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>likelihood (nats)</source>
        <translation>Likelihood (nat)</translation>
    </message>
    <message>
        <source>front</source>
        <translation>Front</translation>
    </message>
    <message>
        <source>one threshold a layer</source>
        <translation>eine Schwelle je Schicht</translation>
    </message>
    <message>
        <source>oracles</source>
        <translation>Orakel</translation>
    </message>
    <message>
        <source>this run</source>
        <translation>dieser Lauf</translation>
    </message>
    <message>
        <source>tried out</source>
        <translation>erprobt</translation>
    </message>
    <message>
        <source>One threshold a layer, budget q</source>
        <translation>Eine Schwelle je Schicht, Budget q</translation>
    </message>
    <message>
        <source>Oracle: first layer that is right</source>
        <translation>Orakel: erste Schicht, die richtig liegt</translation>
    </message>
    <message>
        <source>Oracle: first layer that stays the same</source>
        <translation>Orakel: erste Schicht, die dabei bleibt</translation>
    </message>
    <message>
        <source>layers run %1 % · FLOPs %2 % of the full model</source>
        <translation>gerechnete Schichten %1 % · FLOPs %2 % des vollen Modells</translation>
    </message>
    <message>
        <source>same token as the last layer %1 % · likeliest token right %2 %</source>
        <translation>dasselbe Token wie die letzte Schicht %1 % · wahrscheinlichstes Token richtig %2 %</translation>
    </message>
    <message>
        <source>surprise at the exits %1 nats, full model %2 nats</source>
        <translation>Überraschung an den Ausstiegen %1 nat, volles Modell %2 nat</translation>
    </message>
    <message>
        <source>%1 settings, %2 of them on the front; area under the front %3; 99 % of the full quality costs %4 % of the full model.</source>
        <translation>%1 Einstellungen, davon %2 auf der Front; Fläche unter der Front %3; 99 % der vollen Qualität kosten %4 % des vollen Modells.</translation>
    </message>
    <message>
        <source>Best within the budget: %1 %2, quality %3 at cost %4 %.</source>
        <translation>Beste im Budget: %1 %2, Qualität %3 bei Kosten %4 %.</translation>
    </message>
    <message>
        <source>What a setting saves and loses cannot be told: this run did not read the layers above its exits. Run it again with the shadow pass, or at full depth.</source>
        <translation>Was eine Einstellung spart und verliert, lässt sich nicht sagen: Dieser Lauf hat die Schichten über seinen Ausstiegen nicht gelesen. Noch einmal mit Schattendurchlauf oder in voller Tiefe laufen lassen.</translation>
    </message>
    <message>
        <source>Settings that go past the layers that were read are left out: this run had no shadow pass.</source>
        <translation>Einstellungen, die über die gelesenen Schichten hinausgehen, fehlen: Dieser Lauf hatte keinen Schattendurchlauf.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::PointsCanvas</name>
    <message>
        <source>Painted points</source>
        <translation>Gemalte Punkte</translation>
    </message>
    <message>
        <source>Left button paints, right button or Shift rubs out. Keys: arrows move the brush, Space paints, Delete rubs out, 0 to 9 choose the class.</source>
        <translation>Linke Taste malt, rechte Taste oder Umschalt radiert. Tasten: Pfeile bewegen den Pinsel, Leertaste malt, Entf radiert, 0 bis 9 wählen die Klasse.</translation>
    </message>
    <message numerus="yes">
        <source>%n point(s). Brush at %1, %2, class %3.</source>
        <translation>
            <numerusform>%n Punkt. Pinsel bei %1, %2, Klasse %3.</numerusform>
            <numerusform>%n Punkte. Pinsel bei %1, %2, Klasse %3.</numerusform>
        </translation>
    </message>
    <message>
        <source>Paint samples here with the mouse, or with Space and the arrow keys.</source>
        <translation>Hier Proben malen, mit der Maus oder mit Leertaste und Pfeiltasten.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::RolloutView</name>
    <message>
        <source>Rollout</source>
        <translation>Rollout</translation>
    </message>
    <message>
        <source>How much each input token contributes to a position, layer by layer, will stand here: press Run.</source>
        <translation>Hier wird stehen, wie viel jedes Eingabetoken zu einer Position beiträgt, Schicht für Schicht: „Start“ drücken.</translation>
    </message>
    <message>
        <source>Select a token: in the map, in the curve or in the text.</source>
        <translation>Ein Token wählen: in der Karte, in der Kurve oder im Text.</translation>
    </message>
    <message>
        <source>layer</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>nats</source>
        <translation>nat</translation>
    </message>
    <message>
        <source>what position %1 “%2” is made of</source>
        <translation>woraus Position %1 „%2“ besteht</translation>
    </message>
    <message>
        <source>each row to its largest</source>
        <translation>jede Zeile auf ihr Maximum bezogen</translation>
    </message>
    <message>
        <source>what-if, model not trained for this</source>
        <translation>Was-wäre-wenn, Modell nicht dafür trainiert</translation>
    </message>
    <message>
        <source>entropy</source>
        <translation>Entropie</translation>
    </message>
    <message>
        <source>position in the text</source>
        <translation>Position im Text</translation>
    </message>
    <message>
        <source>computing …</source>
        <translation>rechnet …</translation>
    </message>
    <message>
        <source>Through layer %1, token %2 “%3” contributes %4 to position %5</source>
        <translation>Bis Schicht %1 trägt Token %2 „%3“ %4 zu Position %5 bei</translation>
    </message>
    <message>
        <source>No rollout yet.</source>
        <translation>Noch kein Rollout.</translation>
    </message>
    <message>
        <source>Largest contribution: %1</source>
        <translation>Größter Beitrag: %1</translation>
    </message>
    <message>
        <source>The rollout of the selected token is computed when this view is opened.</source>
        <translation>Der Rollout des gewählten Tokens wird berechnet, sobald diese Ansicht geöffnet wird.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::RoundStrip</name>
    <message>
        <source>Rounds</source>
        <translation>Runden</translation>
    </message>
    <message>
        <source>Round %1: %2 accepted of %3 levels drafted</source>
        <translation>Runde %1: %2 angenommen von %3 entworfenen Ebenen</translation>
    </message>
    <message>
        <source>No rounds yet.</source>
        <translation>Noch keine Runden.</translation>
    </message>
    <message>
        <source>The moments of a run will stand here: press Run.</source>
        <translation>Hier werden die Zeitpunkte eines Laufs stehen: „Start“ drücken.</translation>
    </message>
    <message numerus="yes">
        <source>%n rounds, %1 tokens a target pass on average.</source>
        <translation>
            <numerusform>%n Runde, im Mittel %1 Tokens je Durchlauf des Zielmodells.</numerusform>
            <numerusform>%n Runden, im Mittel %1 Tokens je Durchlauf des Zielmodells.</numerusform>
        </translation>
    </message>
    <message>
        <source>Moment %1</source>
        <translation>Zeitpunkt %1</translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n moments shown</source>
        <translation>
            <numerusform>%1 von %n Zeitpunkt gezeigt</numerusform>
            <numerusform>%1 von %n Zeitpunkten gezeigt</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n values changed.</source>
        <translation>
            <numerusform>%n Wert geändert.</numerusform>
            <numerusform>%n Werte geändert.</numerusform>
        </translation>
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
    <message>
        <source>× (n = %1)</source>
        <translation>× (n = %1)</translation>
    </message>
    <message>
        <source>Smallest and largest of the repeats: %1 and %2.</source>
        <translation>Kleinster und größter Wert der Wiederholungen: %1 und %2.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::ScoreProfileView</name>
    <message>
        <source>Score profile</source>
        <translation>Verlauf des Regelwerts</translation>
    </message>
    <message>
        <source>Select a token to see its score at every layer.</source>
        <translation>Ein Token wählen, um seinen Regelwert in jeder Schicht zu sehen.</translation>
    </message>
    <message>
        <source>score</source>
        <translation>Regelwert</translation>
    </message>
    <message>
        <source>threshold</source>
        <translation>Schwelle</translation>
    </message>
    <message>
        <source>layer (dotted: exit)</source>
        <translation>Schicht (gepunktet: Ausstieg)</translation>
    </message>
    <message>
        <source>Scores of token %1 over the layers; it exits at layer %2.</source>
        <translation>Regelwerte von Token %1 über die Schichten; es steigt in Schicht %2 aus.</translation>
    </message>
    <message>
        <source>Scores of token %1 over the layers; where it exits cannot be told.</source>
        <translation>Regelwerte von Token %1 über die Schichten; wo es aussteigt, lässt sich nicht sagen.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::StabilityView</name>
    <message>
        <source>Edge of stability</source>
        <translation>Rand der Stabilität</translation>
    </message>
    <message>
        <source>after step %1</source>
        <translation>nach Schritt %1</translation>
    </message>
    <message>
        <source>curvature %1: %2 ± %3</source>
        <translation>Krümmung %1: %2 ± %3</translation>
    </message>
    <message>
        <source>limit %1 at learning rate %2</source>
        <translation>Grenze %1 bei Lernrate %2</translation>
    </message>
    <message>
        <source>no curvature measured before this moment</source>
        <translation>vor diesem Zeitpunkt keine Krümmung gemessen</translation>
    </message>
    <message>
        <source>curvature %1, 2 / learning rate %2 (for orientation: this optimizer scales its steps)</source>
        <translation>Krümmung %1, 2 / Lernrate %2 (zur Orientierung: dieser Optimierer skaliert seine Schritte)</translation>
    </message>
    <message>
        <source>stable: curvature %1 is below the limit %2</source>
        <translation>stabil: Krümmung %1 liegt unter der Grenze %2</translation>
    </message>
    <message>
        <source>at the edge: curvature %1, limit %2</source>
        <translation>am Rand: Krümmung %1, Grenze %2</translation>
    </message>
    <message>
        <source>diverges: curvature %1 is above the limit %2</source>
        <translation>divergiert: Krümmung %1 liegt über der Grenze %2</translation>
    </message>
    <message>
        <source>curvature %1, no limit known</source>
        <translation>Krümmung %1, keine Grenze bekannt</translation>
    </message>
    <message>
        <source>2 / learning rate</source>
        <translation>2 / Lernrate</translation>
    </message>
    <message>
        <source>limit %1</source>
        <translation>Grenze %1</translation>
    </message>
    <message>
        <source>largest curvature</source>
        <translation>größte Krümmung</translation>
    </message>
    <message>
        <source>second</source>
        <translation>zweitgrößte</translation>
    </message>
    <message>
        <source>limit at learning rate %1</source>
        <translation>Grenze bei Lernrate %1</translation>
    </message>
    <message>
        <source>step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>curvature</source>
        <translation>Krümmung</translation>
    </message>
    <message>
        <source>No curvature measured yet.</source>
        <translation>Noch keine Krümmung gemessen.</translation>
    </message>
    <message>
        <source>The largest curvature against the limit 2 / learning rate will stand here: beyond it gradient descent diverges. Compute, Curvature at the moment shown measures it.</source>
        <translation>Hier steht die größte Krümmung gegen die Grenze 2 / Lernrate: jenseits davon divergiert der Gradientenabstieg. „Berechnen, Krümmung zum gezeigten Zeitpunkt“ misst sie.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::SurfaceView</name>
    <message>
        <source>Surface</source>
        <translation>Fläche</translation>
    </message>
    <message>
        <source>The landscape in this record cannot be read: %1</source>
        <translation>Die Landschaft in dieser Aufzeichnung lässt sich nicht lesen: %1</translation>
    </message>
    <message>
        <source>Open another copy of the file, or compute the landscape again.</source>
        <translation>Eine andere Kopie der Datei öffnen oder die Landschaft neu berechnen.</translation>
    </message>
    <message>
        <source>The loss around the trained network will stand here as a surface that you can turn.</source>
        <translation>Hier wird der Verlust um das trainierte Netz stehen, als drehbare Fläche.</translation>
    </message>
    <message>
        <source>A line has no surface: its losses are drawn as a curve.</source>
        <translation>Eine Linie hat keine Fläche: Ihre Verluste sind als Kurve gezeichnet.</translation>
    </message>
    <message>
        <source>α = %1, β = %2</source>
        <translation>α = %1, β = %2</translation>
    </message>
    <message>
        <source>not computed yet</source>
        <translation>noch nicht berechnet</translation>
    </message>
    <message>
        <source>training loss %1</source>
        <translation>Trainingsverlust %1</translation>
    </message>
    <message>
        <source>No landscape yet.</source>
        <translation>Noch keine Landschaft.</translation>
    </message>
    <message>
        <source>Surface of the loss from %1 to %2, seen from %3 degrees around and %4 degrees above.</source>
        <translation>Fläche des Verlusts von %1 bis %2, gesehen aus %3 Grad ringsum und %4 Grad darüber.</translation>
    </message>
    <message>
        <source>No finite loss yet.</source>
        <translation>Noch kein endlicher Verlust.</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::SweepView</name>
    <message>
        <source>best</source>
        <translation>am besten</translation>
    </message>
    <message>
        <source>slower</source>
        <translation>langsamer</translation>
    </message>
    <message>
        <source>could not run</source>
        <translation>konnte nicht laufen</translation>
    </message>
    <message>
        <source>set up now</source>
        <translation>jetzt eingestellt</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>Speed-up</source>
        <translation>Beschleunigung</translation>
    </message>
    <message>
        <source>Accepted per pass</source>
        <translation>Angenommen je Durchlauf</translation>
    </message>
    <message>
        <source>Mean acceptance</source>
        <translation>Mittlere Annahme</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>times plain decoding</source>
        <translation>mal einfaches Dekodieren</translation>
    </message>
    <message>
        <source>tokens a pass</source>
        <translation>Tokens je Durchlauf</translation>
    </message>
    <message>
        <source>share of the drafted tokens</source>
        <translation>Anteil der entworfenen Tokens</translation>
    </message>
    <message>
        <source>tokens/s</source>
        <translation>Tokens/s</translation>
    </message>
    <message>
        <source>Sweep</source>
        <translation>Sweep</translation>
    </message>
    <message>
        <source>Speed and acceptance over one or two hyperparameters will stand here. Choose what varies, then press “Sweep”.</source>
        <translation>Hier stehen Tempo und Annahme über einen oder zwei Hyperparameter. Wählen, was sich ändert, dann „Durchprobieren“ drücken.</translation>
    </message>
    <message>
        <source>This sweep holds no points.</source>
        <translation>Dieser Durchgang enthält keine Punkte.</translation>
    </message>
    <message numerus="yes">
        <source>Stopped: %n point(s) did not run.</source>
        <translation>
            <numerusform>Gestoppt: %n Punkt lief nicht.</numerusform>
            <numerusform>Gestoppt: %n Punkte liefen nicht.</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 %2</source>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>has not run yet</source>
        <translation>noch nicht gelaufen</translation>
    </message>
    <message>
        <source>did not run</source>
        <translation>nicht gelaufen</translation>
    </message>
    <message>
        <source>could not run: %1</source>
        <translation>konnte nicht laufen: %1</translation>
    </message>
    <message>
        <source>speed-up %1× (quartiles %2 to %3)</source>
        <translation>Beschleunigung %1× (Quartile %2 bis %3)</translation>
    </message>
    <message>
        <source>speed-up %1×</source>
        <translation>Beschleunigung %1×</translation>
    </message>
    <message>
        <source>%1 tokens/s (quartiles %2 to %3)</source>
        <translation>%1 Tokens/s (Quartile %2 bis %3)</translation>
    </message>
    <message>
        <source>%1 tokens/s</source>
        <translation>%1 Tokens/s</translation>
    </message>
    <message>
        <source>plain decoding beside it: %1 tokens/s</source>
        <translation>einfaches Dekodieren daneben: %1 Tokens/s</translation>
    </message>
    <message>
        <source>%1 tokens a pass, %2 % of the drafts accepted</source>
        <translation>%1 Tokens je Durchlauf, %2 % der Entwürfe angenommen</translation>
    </message>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>%n Token</numerusform>
            <numerusform>%n Tokens</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n round(s)</source>
        <translation>
            <numerusform>%n Runde</numerusform>
            <numerusform>%n Runden</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n repeat(s)</source>
        <translation>
            <numerusform>%n Wiederholung</numerusform>
            <numerusform>%n Wiederholungen</numerusform>
        </translation>
    </message>
    <message>
        <source>The first point runs.</source>
        <translation>Der erste Punkt läuft.</translation>
    </message>
    <message>
        <source>No point has this number.</source>
        <translation>Kein Punkt hat diese Zahl.</translation>
    </message>
    <message>
        <source>Fastest: %1, %2 as fast as plain decoding.</source>
        <translation>Am schnellsten: %1, %2 so schnell wie einfaches Dekodieren.</translation>
    </message>
    <message>
        <source>No point is as fast as plain decoding; the best, %1, comes to %2.</source>
        <translation>Kein Punkt ist so schnell wie einfaches Dekodieren; der beste, %1, kommt auf %2.</translation>
    </message>
    <message>
        <source>Highest: %1, %2 %3.</source>
        <translation>Am höchsten: %1, %2 %3.</translation>
    </message>
    <message>
        <source>%1 of %2 points.</source>
        <translation>%1 von %2 Punkten.</translation>
    </message>
    <message numerus="yes">
        <source>%n point(s) could not run; point at them to see why.</source>
        <translation>
            <numerusform>%n Punkt konnte nicht laufen; auf ihn zeigen, um den Grund zu sehen.</numerusform>
            <numerusform>%n Punkte konnten nicht laufen; auf sie zeigen, um den Grund zu sehen.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n other point(s) reach into its quartiles: more repeats would tell them apart.</source>
        <translation>
            <numerusform>%n anderer Punkt reicht in seine Quartile: Mehr Wiederholungen würden sie unterscheiden.</numerusform>
            <numerusform>%n andere Punkte reichen in seine Quartile: Mehr Wiederholungen würden sie unterscheiden.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Plain decoding was timed beside each point, in turns; marks are medians of %n repeat(s).</source>
        <translation>
            <numerusform>Einfaches Dekodieren wurde neben jedem Punkt im Wechsel gemessen; die Marken stehen auf %n Wiederholung.</numerusform>
            <numerusform>Einfaches Dekodieren wurde neben jedem Punkt im Wechsel gemessen; die Marken sind Mediane aus %n Wiederholungen.</numerusform>
        </translation>
    </message>
    <message>
        <source>Click a point to set it up.</source>
        <translation>Ein Klick auf einen Punkt richtet ihn ein.</translation>
    </message>
    <message>
        <source>Swept: %1.</source>
        <translation>Durchprobiert: %1.</translation>
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
    <name>timberline::widgets::ThresholdBar</name>
    <message>
        <source>Wall time that deciding every token again took, the model not run.</source>
        <translation>Laufzeit, um jedes Token neu zu entscheiden, ohne Modelllauf.</translation>
    </message>
    <message>
        <source>decided in %1 ms</source>
        <translation>in %1 ms entschieden</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::ThresholdCertificateView</name>
    <message>
        <source>Certified threshold</source>
        <translation>Zertifizierte Schwelle</translation>
    </message>
    <message>
        <source>How low the threshold may be without spoiling texts will stand here, tested from 1 downwards.</source>
        <translation>Hier wird stehen, wie niedrig die Schwelle sein darf, ohne Texte zu verderben, geprüft von 1 abwärts.</translation>
    </message>
    <message>
        <source>The prompts are being read at full depth…</source>
        <translation>Die Prompts werden in voller Tiefe gelesen …</translation>
    </message>
    <message>
        <source>threshold, tested from 1 down</source>
        <translation>Schwelle, von 1 abwärts geprüft</translation>
    </message>
    <message>
        <source>texts that differ (dashed: δ)</source>
        <translation>abweichende Texte (gestrichelt: δ)</translation>
    </message>
    <message>
        <source>p-value (dashed: ε)</source>
        <translation>p-Wert (gestrichelt: ε)</translation>
    </message>
    <message>
        <source>threshold %1: not tested, the walk had stopped</source>
        <translation>Schwelle %1: nicht geprüft, die Prüfreihe war schon beendet</translation>
    </message>
    <message>
        <source>threshold %1: %2 % of the texts differ, p = %3: %4</source>
        <translation>Schwelle %1: %2 % der Texte weichen ab, p = %3: %4</translation>
    </message>
    <message>
        <source>passed</source>
        <translation>bestanden</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>nicht bestanden</translation>
    </message>
    <message numerus="yes">
        <source>No threshold below 1 is certified on %n prompt(s): the walk stopped before one passed. More prompts, or wider limits, can change that.</source>
        <translation>
            <numerusform>Keine Schwelle unter 1 ist an %n Prompt zertifiziert: Die Prüfreihe endete, bevor eine bestand. Mehr Prompts oder großzügigere Grenzen können das ändern.</numerusform>
            <numerusform>Keine Schwelle unter 1 ist an %n Prompts zertifiziert: Die Prüfreihe endete, bevor eine bestand. Mehr Prompts oder großzügigere Grenzen können das ändern.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Threshold %1 is certified on %n prompt(s): with a confidence of %2 % at most %3 % of such texts differ from the full model&apos;s (%4).</source>
        <translation>
            <numerusform>Schwelle %1 ist an %n Prompt zertifiziert: Mit einer Konfidenz von %2 % weichen höchstens %3 % solcher Texte von denen des vollen Modells ab (%4).</numerusform>
            <numerusform>Schwelle %1 ist an %n Prompts zertifiziert: Mit einer Konfidenz von %2 % weichen höchstens %3 % solcher Texte von denen des vollen Modells ab (%4).</numerusform>
        </translation>
    </message>
    <message>
        <source>exact binomial test</source>
        <translation>exakter Binomialtest</translation>
    </message>
    <message>
        <source>Hoeffding&apos;s bound</source>
        <translation>Hoeffding-Schranke</translation>
    </message>
</context>
<context>
    <name>timberline::widgets::ThresholdSlider</name>
    <message>
        <source>Drag, or use the arrow keys: every token is decided again at once from the readings of this run. Shift+Up and Shift+Down do the same on the map. Small bars: how often each score occurs.</source>
        <translation>Ziehen oder die Pfeiltasten benutzen: Jedes Token wird sofort aus den Auslesungen dieses Laufs neu entschieden. Umschalt+Auf und Umschalt+Ab tun dasselbe auf der Karte. Kleine Balken: wie oft jeder Regelwert vorkommt.</translation>
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
    <message numerus="yes">
        <source>%n rounds/s</source>
        <translation>
            <numerusform>%n Runde/s</numerusform>
            <numerusform>%n Runden/s</numerusform>
        </translation>
    </message>
    <message>
        <source>token %1 / %2</source>
        <translation>Token %1 / %2</translation>
    </message>
    <message>
        <source>no tokens</source>
        <translation>keine Tokens</translation>
    </message>
    <message>
        <source>step %1 / %2</source>
        <translation>Schritt %1 / %2</translation>
    </message>
    <message>
        <source>no steps</source>
        <translation>keine Schritte</translation>
    </message>
    <message numerus="yes">
        <source>%n tokens/s</source>
        <translation>
            <numerusform>%n Token/s</numerusform>
            <numerusform>%n Tokens/s</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n steps/s</source>
        <translation>
            <numerusform>%n Schritt/s</numerusform>
            <numerusform>%n Schritte/s</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::TreeDiffView</name>
    <message>
        <source>only A</source>
        <translation>nur A</translation>
    </message>
    <message>
        <source>only B</source>
        <translation>nur B</translation>
    </message>
    <message>
        <source>both</source>
        <translation>beide</translation>
    </message>
    <message>
        <source>Two trees at one position</source>
        <translation>Zwei Bäume an einer Position</translation>
    </message>
    <message>
        <source>What two methods drafted at the same position of the text will stand here, one tree over the other.</source>
        <translation>Hier wird stehen, was zwei Verfahren an derselben Position des Textes entworfen haben, ein Baum über dem anderen.</translation>
    </message>
    <message>
        <source>The two runs have other prompts: their trees cannot be laid over each other.</source>
        <translation>Die beiden Läufe haben verschiedene Prompts: Ihre Bäume lassen sich nicht übereinanderlegen.</translation>
    </message>
    <message>
        <source>The texts differ before this position: the trees belong to other texts.</source>
        <translation>Die Texte weichen vor dieser Position voneinander ab: Die Bäume gehören zu verschiedenen Texten.</translation>
    </message>
    <message>
        <source>The text of %1 ends before this position.</source>
        <translation>Der Text von %1 endet vor dieser Position.</translation>
    </message>
    <message>
        <source>%1 in both, %2 only in A, %3 only in B</source>
        <translation>%1 in beiden, %2 nur in A, %3 nur in B</translation>
    </message>
    <message numerus="yes">
        <source>; %n of both came out differently</source>
        <translation>
            <numerusform>; %n davon ging verschieden aus</numerusform>
            <numerusform>; %n davon gingen verschieden aus</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1: round %2, which began %n token(s) earlier</source>
        <translation>
            <numerusform>%1: Runde %2, die %n Token früher begann</numerusform>
            <numerusform>%1: Runde %2, die %n Tokens früher begann</numerusform>
        </translation>
    </message>
    <message>
        <source>%1: round %2</source>
        <translation>%1: Runde %2</translation>
    </message>
    <message>
        <source>“%1”, %2 after the position</source>
        <translation>„%1“, %2 nach der Position</translation>
    </message>
    <message>
        <source>%1: not drafted</source>
        <translation>%1: nicht entworfen</translation>
    </message>
    <message>
        <source>%1: %2, p %3, q %4</source>
        <translation>%1: %2, p %3, q %4</translation>
    </message>
    <message numerus="yes">
        <source>, drawn %n times</source>
        <translation>
            <numerusform>, %n-mal gezogen</numerusform>
            <numerusform>, %n-mal gezogen</numerusform>
        </translation>
    </message>
    <message>
        <source>A minus B: p %1, q %2</source>
        <translation>A minus B: p %1, q %2</translation>
    </message>
    <message numerus="yes">
        <source>After %n token(s).</source>
        <translation>
            <numerusform>Nach %n Token.</numerusform>
            <numerusform>Nach %n Tokens.</numerusform>
        </translation>
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
    <message numerus="yes">
        <source>Draft trees of %n rounds: %1 nodes accepted, %2 rejected, %3 never verified, %4 pruned.</source>
        <translation>
            <numerusform>Entwurfsbäume von %n Runde: %1 Knoten angenommen, %2 abgelehnt, %3 nie geprüft, %4 gestutzt.</numerusform>
            <numerusform>Entwurfsbäume von %n Runden: %1 Knoten angenommen, %2 abgelehnt, %3 nie geprüft, %4 gestutzt.</numerusform>
        </translation>
    </message>
</context>
</TS>
