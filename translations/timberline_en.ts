<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>timberline::app::AttentionBench</name>
    <message numerus="yes">
        <source>running, %n tokens</source>
        <translation>
            <numerusform>running, %n token</numerusform>
            <numerusform>running, %n tokens</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>paused, %n tokens</source>
        <translation>
            <numerusform>paused, %n token</numerusform>
            <numerusform>paused, %n tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::app::BenchSetup</name>
    <message numerus="yes">
        <source>Reads %n tokens of the Draft run; typing a prompt replaces them.</source>
        <translation>
            <numerusform>Reads %n token of the Draft run; typing a prompt replaces them.</numerusform>
            <numerusform>Reads %n tokens of the Draft run; typing a prompt replaces them.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::app::CompareTrees</name>
    <message numerus="yes">
        <source>The texts part after %n token(s).</source>
        <translation>
            <numerusform>The texts part after %n token.</numerusform>
            <numerusform>The texts part after %n tokens.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>after %n token(s)</source>
        <translation>
            <numerusform>after %n token</numerusform>
            <numerusform>after %n tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::app::ExitCalibrateDialog</name>
    <message numerus="yes">
        <source>%n prompt(s).</source>
        <translation>
            <numerusform>%n prompt.</numerusform>
            <numerusform>%n prompts.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::app::HeadsPane</name>
    <message numerus="yes">
        <source>All %n step(s) of this training are done. Raise the number of steps, then press “Train on”.</source>
        <translation>
            <numerusform>%n step of this training is done. Raise the number of steps, then press “Train on”.</numerusform>
            <numerusform>All %n steps of this training are done. Raise the number of steps, then press “Train on”.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::app::LandscapeBench</name>
    <message numerus="yes">
        <source>surface %n step(s) old</source>
        <translation>
            <numerusform>surface %n step old</numerusform>
            <numerusform>surface %n steps old</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::app::SweepPane</name>
    <message numerus="yes">
        <source>%n point(s)</source>
        <translation>
            <numerusform>%n point</numerusform>
            <numerusform>%n points</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s)</source>
        <translation>
            <numerusform>%n run</numerusform>
            <numerusform>%n runs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>This sweep varies %n hyperparameters; one or two can be drawn.</source>
        <translation>
            <numerusform>This sweep varies %n hyperparameter; one or two can be drawn.</numerusform>
            <numerusform>This sweep varies %n hyperparameters; one or two can be drawn.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::AttentionInspector</name>
    <message numerus="yes">
        <source>Over %n rows</source>
        <translation>
            <numerusform>Over %n row</numerusform>
            <numerusform>Over %n rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::AttentionSummary</name>
    <message numerus="yes">
        <source>%n tokens</source>
        <translation>
            <numerusform>%n token</numerusform>
            <numerusform>%n tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::CellView</name>
    <message numerus="yes">
        <source>streamed over the keys, %n at a time</source>
        <translation>
            <numerusform>streamed over the keys, %n at a time</numerusform>
            <numerusform>streamed over the keys, %n at a time</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::CompareView</name>
    <message numerus="yes">
        <source>%1 of %n token(s)</source>
        <translation>
            <numerusform>%1 of %n token</numerusform>
            <numerusform>%1 of %n tokens</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1: %2 of %n token(s) by then, all in %3 ms.</source>
        <translation>
            <numerusform>%1: %2 of %n token by then, all in %3 ms.</numerusform>
            <numerusform>%1: %2 of %n tokens by then, all in %3 ms.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n token(s) committed</source>
        <translation>
            <numerusform>%n token committed</numerusform>
            <numerusform>%n tokens committed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::ContourView</name>
    <message numerus="yes">
        <source>%n cell(s) are NaN or infinite.</source>
        <translation>
            <numerusform>%n cell is NaN or infinite.</numerusform>
            <numerusform>%n cells are NaN or infinite.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::ControllerView</name>
    <message numerus="yes">
        <source>it read %n token(s) of the other model first</source>
        <translation>
            <numerusform>it read %n token of the other model first</numerusform>
            <numerusform>it read %n tokens of the other model first</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The small model wrote %1 % of %2 tokens; %n switch(es).</source>
        <translation>
            <numerusform>The small model wrote %1 % of %2 tokens; %n switch.</numerusform>
            <numerusform>The small model wrote %1 % of %2 tokens; %n switches.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The text is that of the large model alone, as far as both go (%n token(s)).</source>
        <translation>
            <numerusform>The text is that of the large model alone, as far as both go (%n token).</numerusform>
            <numerusform>The text is that of the large model alone, as far as both go (%n tokens).</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::CostPanel</name>
    <message numerus="yes">
        <source>%n token(s) cannot be told: they would go on past the layers that were read.</source>
        <translation>
            <numerusform>%n token cannot be told: it would go on past the layers that were read.</numerusform>
            <numerusform>%n tokens cannot be told: they would go on past the layers that were read.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::CurveView</name>
    <message numerus="yes">
        <source>%n step(s).</source>
        <translation>
            <numerusform>%n step.</numerusform>
            <numerusform>%n steps.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n value(s) were changed while training.</source>
        <translation>
            <numerusform>%n value was changed while training.</numerusform>
            <numerusform>%n values were changed while training.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::EntropyMapView</name>
    <message numerus="yes">
        <source>%n valid rows</source>
        <translation>
            <numerusform>%n valid row</numerusform>
            <numerusform>%n valid rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::FirstTokensView</name>
    <message numerus="yes">
        <source>%1 first tokens of the real method on the real prompt: total variation %2, chi-square %3 at %n degree(s) of freedom.</source>
        <translation>
            <numerusform>%1 first tokens of the real method on the real prompt: total variation %2, chi-square %3 at %n degree of freedom.</numerusform>
            <numerusform>%1 first tokens of the real method on the real prompt: total variation %2, chi-square %3 at %n degrees of freedom.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::HeadTableView</name>
    <message numerus="yes">
        <source>%1 of %n heads</source>
        <translation>
            <numerusform>%1 of %n head</numerusform>
            <numerusform>%1 of %n heads</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::HeadTrainingView</name>
    <message numerus="yes">
        <source>Stopped after %n step(s).</source>
        <translation>
            <numerusform>Stopped after %n step.</numerusform>
            <numerusform>Stopped after %n steps.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Diverged after %n step(s): take a smaller learning rate.</source>
        <translation>
            <numerusform>Diverged after %n step: take a smaller learning rate.</numerusform>
            <numerusform>Diverged after %n steps: take a smaller learning rate.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Ended after %n step(s): %1</source>
        <translation>
            <numerusform>Ended after %n step: %1</numerusform>
            <numerusform>Ended after %n steps: %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>after %n step(s)</source>
        <translation>
            <numerusform>after %n step</numerusform>
            <numerusform>after %n steps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 accepted per pass (%n prompt(s): %2 to %3)</source>
        <translation>
            <numerusform>%1 accepted per pass (%n prompt: %2 to %3)</numerusform>
            <numerusform>%1 accepted per pass (%n prompts: %2 to %3)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 accepted per pass, measured after %n step(s)</source>
        <translation>
            <numerusform>%1 accepted per pass, measured after %n step</numerusform>
            <numerusform>%1 accepted per pass, measured after %n steps</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::HeadView</name>
    <message numerus="yes">
        <source>Entropy of the row: %1 of at most %2 nats (%n visible keys)</source>
        <translation>
            <numerusform>Entropy of the row: %1 of at most %2 nats (%n visible key)</numerusform>
            <numerusform>Entropy of the row: %1 of at most %2 nats (%n visible keys)</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::HindsightView</name>
    <message numerus="yes">
        <source>Committed a round: %1 tokens (mean of %n round(s)).</source>
        <translation>
            <numerusform>Committed a round: %1 tokens (mean of %n round).</numerusform>
            <numerusform>Committed a round: %1 tokens (mean of %n rounds).</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::LandscapeSummary</name>
    <message numerus="yes">
        <source>%n part(s) of this record are damaged and left out.</source>
        <translation>
            <numerusform>%n part of this record is damaged and left out.</numerusform>
            <numerusform>%n parts of this record are damaged and left out.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::LanesView</name>
    <message numerus="yes">
        <source>%n pass(es)</source>
        <translation>
            <numerusform>%n pass</numerusform>
            <numerusform>%n passes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n token(s) read</source>
        <translation>
            <numerusform>%n token read</numerusform>
            <numerusform>%n tokens read</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n drafted token(s) revoked</source>
        <translation>
            <numerusform>%n drafted token revoked</numerusform>
            <numerusform>%n drafted tokens revoked</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n drafted token(s) wait for the next round</source>
        <translation>
            <numerusform>%n drafted token waits for the next round</numerusform>
            <numerusform>%n drafted tokens wait for the next round</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n round(s) without two lanes are left out.</source>
        <translation>
            <numerusform>%n round without two lanes is left out.</numerusform>
            <numerusform>%n rounds without two lanes are left out.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::LayerDraftsView</name>
    <message numerus="yes">
        <source>From one pass over the run&apos;s %n token(s); exact for greedy decoding. Cost counts layers, not time.</source>
        <translation>
            <numerusform>From one pass over the run&apos;s %n token; exact for greedy decoding. Cost counts layers, not time.</numerusform>
            <numerusform>From one pass over the run&apos;s %n tokens; exact for greedy decoding. Cost counts layers, not time.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::LayerMapView</name>
    <message numerus="yes">
        <source>%n part(s) of the record could not be read: %1</source>
        <translation>
            <numerusform>%n part of the record could not be read: %1</numerusform>
            <numerusform>%n parts of the record could not be read: %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::LossHistogramView</name>
    <message numerus="yes">
        <source>%n sample(s) have flipped labels.</source>
        <translation>
            <numerusform>%n sample has a flipped label.</numerusform>
            <numerusform>%n samples have flipped labels.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n loss(es) are NaN or infinite and left out.</source>
        <translation>
            <numerusform>%n loss is NaN or infinite and left out.</numerusform>
            <numerusform>%n losses are NaN or infinite and left out.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::PaintedPoints</name>
    <message numerus="yes">
        <source>%n point(s)</source>
        <translation>
            <numerusform>%n point</numerusform>
            <numerusform>%n points</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::PointsCanvas</name>
    <message numerus="yes">
        <source>%n point(s). Brush at %1, %2, class %3.</source>
        <translation>
            <numerusform>%n point. Brush at %1, %2, class %3.</numerusform>
            <numerusform>%n points. Brush at %1, %2, class %3.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::RoundStrip</name>
    <message numerus="yes">
        <source>%n rounds, %1 tokens a target pass on average.</source>
        <translation>
            <numerusform>%n round, %1 tokens a target pass on average.</numerusform>
            <numerusform>%n rounds, %1 tokens a target pass on average.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n moments shown</source>
        <translation>
            <numerusform>%1 of %n moment shown</numerusform>
            <numerusform>%1 of %n moments shown</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n values changed.</source>
        <translation>
            <numerusform>%n value changed.</numerusform>
            <numerusform>%n values changed.</numerusform>
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
    <name>timberline::widgets::SweepView</name>
    <message numerus="yes">
        <source>Stopped: %n point(s) did not run.</source>
        <translation>
            <numerusform>Stopped: %n point did not run.</numerusform>
            <numerusform>Stopped: %n points did not run.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>%n token</numerusform>
            <numerusform>%n tokens</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n round(s)</source>
        <translation>
            <numerusform>%n round</numerusform>
            <numerusform>%n rounds</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n repeat(s)</source>
        <translation>
            <numerusform>%n repeat</numerusform>
            <numerusform>%n repeats</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n point(s) could not run; point at them to see why.</source>
        <translation>
            <numerusform>%n point could not run; point at it to see why.</numerusform>
            <numerusform>%n points could not run; point at them to see why.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n other point(s) reach into its quartiles: more repeats would tell them apart.</source>
        <translation>
            <numerusform>%n other point reaches into its quartiles: more repeats would tell them apart.</numerusform>
            <numerusform>%n other points reach into its quartiles: more repeats would tell them apart.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Plain decoding was timed beside each point, in turns; marks are medians of %n repeat(s).</source>
        <translation>
            <numerusform>Plain decoding was timed beside each point, in turns; marks are medians of %n repeat.</numerusform>
            <numerusform>Plain decoding was timed beside each point, in turns; marks are medians of %n repeats.</numerusform>
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
    <name>timberline::widgets::ThresholdCertificateView</name>
    <message numerus="yes">
        <source>No threshold below 1 is certified on %n prompt(s): the walk stopped before one passed. More prompts, or wider limits, can change that.</source>
        <translation>
            <numerusform>No threshold below 1 is certified on %n prompt: the walk stopped before one passed. More prompts, or wider limits, can change that.</numerusform>
            <numerusform>No threshold below 1 is certified on %n prompts: the walk stopped before one passed. More prompts, or wider limits, can change that.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Threshold %1 is certified on %n prompt(s): with a confidence of %2 % at most %3 % of such texts differ from the full model&apos;s (%4).</source>
        <translation>
            <numerusform>Threshold %1 is certified on %n prompt: with a confidence of %2 % at most %3 % of such texts differ from the full model&apos;s (%4).</numerusform>
            <numerusform>Threshold %1 is certified on %n prompts: with a confidence of %2 % at most %3 % of such texts differ from the full model&apos;s (%4).</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::Timeline</name>
    <message numerus="yes">
        <source>%n rounds/s</source>
        <translation>
            <numerusform>%n round/s</numerusform>
            <numerusform>%n rounds/s</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tokens/s</source>
        <translation>
            <numerusform>%n token/s</numerusform>
            <numerusform>%n tokens/s</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n steps/s</source>
        <translation>
            <numerusform>%n step/s</numerusform>
            <numerusform>%n steps/s</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::TreeDiffView</name>
    <message numerus="yes">
        <source>; %n of both came out differently</source>
        <translation>
            <numerusform>; %n of both came out differently</numerusform>
            <numerusform>; %n of both came out differently</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1: round %2, which began %n token(s) earlier</source>
        <translation>
            <numerusform>%1: round %2, which began %n token earlier</numerusform>
            <numerusform>%1: round %2, which began %n tokens earlier</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>, drawn %n times</source>
        <translation>
            <numerusform>, drawn %n time</numerusform>
            <numerusform>, drawn %n times</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>After %n token(s).</source>
        <translation>
            <numerusform>After %n token.</numerusform>
            <numerusform>After %n tokens.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>timberline::widgets::TreeView</name>
    <message numerus="yes">
        <source>Draft trees of %n rounds: %1 nodes accepted, %2 rejected, %3 never verified, %4 pruned.</source>
        <translation>
            <numerusform>Draft trees of %n round: %1 nodes accepted, %2 rejected, %3 never verified, %4 pruned.</numerusform>
            <numerusform>Draft trees of %n rounds: %1 nodes accepted, %2 rejected, %3 never verified, %4 pruned.</numerusform>
        </translation>
    </message>
</context>
</TS>
