package symphony.nlp;

import java.util.HashMap;
import java.util.Map;

/**
 * Numbers with a unit: {@code $5}, {@code 20 percent}, {@code 21.5 degrees}, {@code 3 kg}. The value is the number, the unit its symbol
 * or, for money, its code of ISO 4217.
 */
final class AmountReader implements SlotReader {
    private static final Map<String, String> MONEY_SIGNS =
            Map.of("$", "USD", "\u20ac", "EUR", "\u00a3", "GBP", "\u00a5", "JPY", "\u20b9", "INR");
    private static final Map<String, String> UNITS = new HashMap<>();

    /** Those that are units only where they touch a number. */
    private static final Map<String, String> LETTERS =
            Map.of("g", "g", "l", "l", "w", "W", "v", "V", "c", "\u00b0C", "f", "\u00b0F");

    static {
        unit("USD", "usd", "dollar", "dollars");
        unit("EUR", "eur", "euro", "euros");
        unit("GBP", "gbp");
        unit("CHF", "chf", "francs");
        unit("JPY", "jpy", "yen");
        unit("INR", "inr", "rupee", "rupees");
        unit("%", "%", "percent");
        unit("mm", "mm", "millimetre", "millimetres", "millimeter", "millimeters");
        unit("cm", "cm", "centimetre", "centimetres", "centimeter", "centimeters");
        unit("m", "metre", "metres", "meter", "meters");
        unit("km", "km", "kilometre", "kilometres", "kilometer", "kilometers");
        unit("mi", "mile", "miles");
        unit("ft", "ft", "foot", "feet");
        unit("in", "inch", "inches");
        unit("g", "gram", "grams");
        unit("mg", "mg", "milligram", "milligrams");
        unit("kg", "kg", "kilo", "kilos", "kilogram", "kilograms");
        unit("t", "ton", "tons", "tonne", "tonnes");
        unit("ml", "ml", "millilitre", "millilitres", "milliliter", "milliliters");
        unit("l", "litre", "litres", "liter", "liters");
        unit("kB", "kb", "kilobyte", "kilobytes");
        unit("MB", "mb", "megabyte", "megabytes");
        unit("GB", "gb", "gigabyte", "gigabytes");
        unit("TB", "tb", "terabyte", "terabytes");
        unit("W", "watt", "watts");
        unit("kW", "kw", "kilowatt", "kilowatts");
        unit("kWh", "kwh");
        unit("V", "volt", "volts");
        unit("Hz", "hz", "hertz");
        unit("kHz", "khz");
        unit("MHz", "mhz");
        unit("GHz", "ghz");
        unit("month", "month", "months");
        unit("year", "year", "years");
    }

    private static void unit(String symbol, String... names) {
        for (String name : names) {
            UNITS.put(name, symbol);
        }
    }

    private final NumberReader numbers = new NumberReader();

    @Override
    public Found read(Tokens tokens, int at) {
        String sign = MONEY_SIGNS.get(tokens.get(at).text());
        if (sign != null) {
            Found number = NumberReader.unsigned(tokens, at + 1);
            return number == NOTHING ? NOTHING : new Found(number.end(), number.value(), sign);
        }
        Found number = numbers.read(tokens, at);
        return number == NOTHING ? NOTHING : withUnit(tokens, number);
    }

    private static Found withUnit(Tokens tokens, Found number) {
        int at = number.end();
        String word = tokens.get(at).text();
        boolean touches = tokens.touches(at) && tokens.get(at - 1).isDigits();
        String unit = UNITS.get(word);
        if (unit == null && MONEY_SIGNS.containsKey(word)) {
            unit = MONEY_SIGNS.get(word);
        }
        if (unit == null && touches) {
            unit = LETTERS.get(word);
        }
        if (unit != null) {
            return new Found(at + 1, number.value(), unit);
        }
        if (tokens.are(at, "per", "cent")) {
            return new Found(at + 2, number.value(), "%");
        }
        return word.equals("\u00b0") || word.equals("degree") || word.equals("degrees")
                ? degrees(tokens, number)
                : NOTHING;
    }

    private static Found degrees(Tokens tokens, Found number) {
        int at = number.end() + 1;
        String word = tokens.get(at).text();
        if (word.equals("c") || word.equals("celsius")) {
            return new Found(at + 1, number.value(), "\u00b0C");
        }
        if (word.equals("f") || word.equals("fahrenheit")) {
            return new Found(at + 1, number.value(), "\u00b0F");
        }
        return new Found(at, number.value(), "\u00b0");
    }
}
