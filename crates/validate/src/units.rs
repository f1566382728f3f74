//! Units of measurement: one word for each, however it is written.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// The short form of a unit in small letters; `None` for what is no unit.
pub(crate) fn unit(word: &str) -> Option<&'static str> {
    static SHORT: LazyLock<FxHashMap<&str, &str>> = LazyLock::new(|| forms().collect());
    SHORT.get(word).copied()
}

/// All forms of units, each with its short one.
pub(crate) fn forms() -> impl Iterator<Item = (&'static str, &'static str)> {
    UNITS.iter().flat_map(|unit| unit.iter().map(|form| (*form, unit[0])))
}

/// The forms of each unit in small letters, the short one first.
#[rustfmt::skip]
const UNITS: &[&[&str]] = &[
    &["%", "percent", "pct", "prozent"],
    &["°c", "celsius"],
    &["°f", "fahrenheit"],
    &["k", "kelvin"],
    &["°", "degree", "degrees", "grad"],
    &["mm", "millimetre", "millimetres", "millimeter", "millimeters"],
    &["cm", "centimetre", "centimetres", "centimeter", "centimeters"],
    &["m", "metre", "metres", "meter", "meters"],
    &["km", "kilometre", "kilometres", "kilometer", "kilometers"],
    &["in", "inch", "inches"],
    &["ft", "foot", "feet"],
    &["yd", "yard", "yards"],
    &["mi", "mile", "miles"],
    &["mg", "milligram", "milligrams"],
    &["g", "gram", "grams", "gramm"],
    &["kg", "kilo", "kilos", "kilogram", "kilograms", "kilogramm"],
    &["t", "ton", "tons", "tonne", "tonnes"],
    &["oz", "ounce", "ounces"],
    &["lb", "lbs", "pound", "pounds"],
    &["ml", "millilitre", "millilitres", "milliliter", "milliliters"],
    &["l", "litre", "litres", "liter", "liters"],
    &["gal", "gallon", "gallons"],
    &["ms", "millisecond", "milliseconds"],
    &["s", "sec", "secs", "second", "seconds", "sekunde", "sekunden"],
    &["min", "mins", "minute", "minutes", "minuten"],
    &["h", "hr", "hrs", "hour", "hours", "stunde", "stunden"],
    &["d", "day", "days", "tag", "tage", "tagen"],
    &["week", "weeks", "woche", "wochen"],
    &["month", "months", "monat", "monate", "monaten"],
    &["year", "years", "yr", "yrs", "jahr", "jahre", "jahren"],
    &["hz", "hertz"],
    &["khz", "kilohertz"],
    &["mhz", "megahertz"],
    &["ghz", "gigahertz"],
    &["v", "volt", "volts"],
    &["mv", "millivolt", "millivolts"],
    &["kv", "kilovolt", "kilovolts"],
    &["a", "amp", "amps", "ampere", "amperes"],
    &["ma", "milliamp", "milliamps", "milliampere", "milliamperes"],
    &["w", "watt", "watts"],
    &["kw", "kilowatt", "kilowatts"],
    &["mw", "megawatt", "megawatts"],
    &["kwh"],
    &["pa", "pascal", "pascals"],
    &["kpa", "kilopascal", "kilopascals"],
    &["mpa", "megapascal", "megapascals"],
    &["bar", "bars"],
    &["psi"],
    &["nm"],
    &["rpm"],
    &["mph"],
    &["b", "byte", "bytes"],
    &["kb", "kilobyte", "kilobytes"],
    &["mb", "megabyte", "megabytes"],
    &["gb", "gigabyte", "gigabytes"],
    &["tb", "terabyte", "terabytes"],
    &["kib"],
    &["mib"],
    &["gib"],
    &["million", "millions", "mio"],
    &["billion", "billions"],
    &["trillion", "trillions"],
    &["$", "dollar", "dollars", "usd"],
    &["€", "euro", "euros", "eur"],
];
