<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
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
</TS>
