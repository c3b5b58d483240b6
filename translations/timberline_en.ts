<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>timberline::app::AttentionBench</name>
    <message numerus="yes">
        <source>%n tokens</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::app::BenchSetup</name>
    <message numerus="yes">
        <source>Reads %n tokens of the Draft run; typing a prompt replaces them.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::app::LandscapeBench</name>
    <message numerus="yes">
        <source>surface %n step(s) old</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::AttentionInspector</name>
    <message numerus="yes">
        <source>Over %n rows</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::AttentionSummary</name>
    <message numerus="yes">
        <source>%n tokens</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::CellView</name>
    <message numerus="yes">
        <source>query (solid) and key (dotted), %n dimensions</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>streamed over the keys, %n at a time</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::ContourView</name>
    <message numerus="yes">
        <source>%n cell(s) are NaN or infinite.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::CostPanel</name>
    <message numerus="yes">
        <source>%n token(s) cannot be told: they would go on past the layers that were read.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::CurveView</name>
    <message numerus="yes">
        <source>%n step(s).</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n value(s) were changed while training.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::EntropyMapView</name>
    <message numerus="yes">
        <source>%n valid rows</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::HeadTableView</name>
    <message numerus="yes">
        <source>%1 of %n heads</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::HeadView</name>
    <message numerus="yes">
        <source>Entropy of the row: %1 of at most %2 nats (%n visible keys)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::LandscapeSummary</name>
    <message numerus="yes">
        <source>%n part(s) of this record are damaged and left out.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::LayerMapView</name>
    <message numerus="yes">
        <source>%n part(s) of the record could not be read: %1</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::LossHistogramView</name>
    <message numerus="yes">
        <source>%n sample(s) have flipped labels.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n loss(es) are NaN or infinite and left out.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::PaintedPoints</name>
    <message numerus="yes">
        <source>%n point(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::PointsCanvas</name>
    <message numerus="yes">
        <source>%n point(s). Brush at %1, %2, class %3.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::RoundStrip</name>
    <message numerus="yes">
        <source>%n rounds, %1 tokens a target pass on average.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::RunSummary</name>
    <message numerus="yes">
        <source>%n decision(s) were ties.</source>
        <translation>
            <numerusform>%n decision was a tie.</numerusform>
            <numerusform>%n decisions were ties.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::TextView</name>
    <message numerus="yes">
        <source>Text of %n tokens.</source>
        <translation>
            <numerusform>Text of %n token.</numerusform>
            <numerusform>Text of %n tokens.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::Timeline</name>
    <message numerus="yes">
        <source>%n rounds/s</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::TreeView</name>
    <message numerus="yes">
        <source>Draft trees of %n rounds: %1 nodes accepted, %2 rejected, %3 never verified, %4 pruned.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
</TS>
