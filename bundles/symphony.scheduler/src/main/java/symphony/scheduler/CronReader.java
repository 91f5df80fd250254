package symphony.scheduler;

import com.cronutils.model.Cron;
import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.field.CronField;
import com.cronutils.model.field.CronFieldName;
import com.cronutils.model.field.expression.Always;
import com.cronutils.model.field.expression.And;
import com.cronutils.model.field.expression.Between;
import com.cronutils.model.field.expression.Every;
import com.cronutils.model.field.expression.FieldExpression;
import com.cronutils.model.field.expression.On;
import com.cronutils.parser.CronParser;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Reads cron expressions. */
final class CronReader {
    /*
     * The library (cron-utils) knows the language and its ranges. The values that fit are taken from what it has read, and the
     * library's part ends here: to find one next time takes it 0.1 to 0.3 ms, and after a standstill thousands are looked at; and
     * what it keeps of an expression is ten times larger than the six numbers that are needed.
     *
     * It was made for well-meant expressions: odd ones also fail in its arrays, casts and numbers. So whatever it throws means
     * that the expression cannot be read. And it takes | for a union of expressions whatever the definition says; that is ours
     * to refuse.
     */
    private static final int FIELDS = 5;

    private static final List<String> NAMES =
            List.of("second", "minute", "hour", "day of month", "month", "day of week");
    private static final String ANY = "*";
    private static final String UNION = "|";
    private static final int SUNDAY = 7;

    private static final CronDefinition MINUTES = rest(CronDefinitionBuilder.defineCron());
    private static final CronDefinition SECONDS = rest(CronDefinitionBuilder.defineCron()
            .withSeconds()
            .withValidRange(0, 59)
            .withStrictRange()
            .and());

    private CronReader() {}

    /** As in Unix: Sunday is 0 and 7. */
    private static CronDefinition rest(CronDefinitionBuilder begun) {
        return begun.withMinutes()
                .withValidRange(0, 59)
                .withStrictRange()
                .and()
                .withHours()
                .withValidRange(0, 23)
                .withStrictRange()
                .and()
                .withDayOfMonth()
                .withValidRange(1, 31)
                .withStrictRange()
                .and()
                .withMonth()
                .withValidRange(1, 12)
                .withStrictRange()
                .and()
                .withDayOfWeek()
                .withValidRange(0, SUNDAY)
                .withMondayDoWValue(1)
                .withIntMapping(SUNDAY, 0)
                .withStrictRange()
                .and()
                .instance();
    }

    /** Fails with what is wrong with it, and in which field. */
    static CronFields read(String expression) {
        String[] fields = expression.split(" ");
        if (fields.length != FIELDS && fields.length != FIELDS + 1) {
            throw new IllegalArgumentException(
                    named(expression) + " has "
                            + (expression.isEmpty() ? 0 : fields.length)
                            + " fields, must have 5 (minute, hour, day of month, month, day of week) or 6 (the second in front)");
        }
        try {
            return understand(expression, fields.length);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(named(expression) + ": " + faulty(fields, reason(e)), e);
        }
    }

    private static CronFields understand(String expression, int fields) {
        if (expression.contains(UNION)) {
            throw new IllegalArgumentException("unions with | are not taken: use a list with commas, or schedule each");
        }
        Cron cron = new CronParser(fields == FIELDS ? MINUTES : SECONDS).parse(expression);
        return fields(cron.validate().retrieveFieldsAsMap());
    }

    /** The library does not tell which field is wrong: it is the first that is so between fields that are right. */
    private static String faulty(String[] fields, String reason) {
        for (int i = 0; i < fields.length; i++) {
            var others = new String[fields.length];
            Arrays.fill(others, ANY);
            others[i] = fields[i];
            try {
                understand(String.join(" ", others), fields.length);
            } catch (RuntimeException e) {
                String name = NAMES.get(NAMES.size() - fields.length + i);
                return "the " + name + " is '" + fields[i] + "'; " + reason(e);
            }
        }
        return reason;
    }

    private static String reason(RuntimeException e) {
        return e instanceof IllegalArgumentException && e.getMessage() != null
                ? e.getMessage().replace("Failed to parse cron expression. ", "")
                : "it is no number, range, step, name or list of these";
    }

    private static String named(String expression) {
        return "cron expression '" + expression + "'";
    }

    private static CronFields fields(Map<CronFieldName, CronField> read) {
        FieldExpression hour = read.get(CronFieldName.HOUR).getExpression();
        FieldExpression day = read.get(CronFieldName.DAY_OF_MONTH).getExpression();
        FieldExpression weekday = read.get(CronFieldName.DAY_OF_WEEK).getExpression();
        CronField second = read.get(CronFieldName.SECOND);
        long weekdays = bits(weekday, 0, SUNDAY - 1);
        return new CronFields(
                second == null ? 1 : bits(second.getExpression(), 0, 59),
                bits(read.get(CronFieldName.MINUTE).getExpression(), 0, 59),
                bits(hour, 0, 23),
                bits(day, 1, 31),
                bits(read.get(CronFieldName.MONTH).getExpression(), 1, 12),
                weekdays | weekdays >>> SUNDAY,
                hour instanceof Always,
                !(day instanceof Always) && !(weekday instanceof Always));
    }

    private static long bits(FieldExpression expression, int least, int most) {
        if (expression instanceof And list) {
            return list.getExpressions().stream()
                    .mapToLong(part -> bits(part, least, most))
                    .reduce(0, (a, b) -> a | b);
        }
        return expression instanceof Every every
                ? bits(every.getExpression(), least, most, every.getPeriod().getValue())
                : bits(expression, least, most, 0);
    }

    /** Of one part; with a step, a single number is where a range begins that has no end. */
    private static long bits(FieldExpression part, int least, int most, int step) {
        if (part instanceof Always) {
            return range(least, most, step);
        } else if (part instanceof Between between) {
            return range(
                    number(between.getFrom().getValue()), number(between.getTo().getValue()), step);
        } else if (part instanceof On on) {
            int from = on.getTime().getValue();
            return range(from, step == 0 ? from : most, step);
        }
        throw new IllegalArgumentException("'" + part.asString() + "' is not understood");
    }

    private static int number(Object value) {
        return ((Number) value).intValue();
    }

    private static long range(int from, int to, int step) {
        long bits = 0;
        for (int i = from; i <= to; i += Math.max(1, step)) {
            bits |= 1L << i;
        }
        return bits;
    }
}
