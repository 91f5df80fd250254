package symphony.shell;

import org.jline.reader.EOFError;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.SyntaxError;

/**
 * Gogo's parser of what is typed, and of scripts, for one session. For a line that it cannot parse, such as one with a
 * bracket too much, Gogo's shell sees no line at all, takes that for the end of its input, and stops the whole system. At
 * others, as {@code ; #}, the parser itself fails. So such a line becomes one that fails when it runs.
 */
final class LineParser implements Parser {
    /** The command that fails. */
    static final String FAILING = "_syntax";

    private final Parser gogo;
    private final Script script;

    LineParser(Parser gogo, Script script) {
        this.gogo = gogo;
        this.script = script;
    }

    Parser original() {
        return gogo;
    }

    @Override
    public ParsedLine parse(String line, int cursor, ParseContext context) throws SyntaxError {
        if (context != ParseContext.ACCEPT_LINE) {
            return read(line, cursor, context);
        }
        try {
            ParsedLine parsed = read(line, cursor, context);
            script.read(line);
            return parsed;
        } catch (EOFError e) {
            script.readPart(line);
            throw e; // the editor asks for more
        } catch (SyntaxError e) {
            script.read(line);
            String failing = Synopsis.SCOPE + ":" + FAILING + " '"
                    + Text.line(e.getMessage().replace('\'', '"')) + "'";
            return gogo.parse(failing, failing.length(), context);
        }
    }

    /** What Gogo's parser fails at is no line either; the editor knows what to do about that. */
    private ParsedLine read(String line, int cursor, ParseContext context) {
        try {
            return gogo.parse(line, cursor, context);
        } catch (SyntaxError e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            var error = new SyntaxError(
                    1, 1, "this line cannot be read (" + e.getClass().getSimpleName() + ")");
            error.initCause(e);
            throw error;
        }
    }

    @Override
    public boolean isEscapeChar(char c) {
        return gogo.isEscapeChar(c);
    }

    @Override
    public boolean validCommandName(String name) {
        return gogo.validCommandName(name);
    }

    @Override
    public boolean validVariableName(String name) {
        return gogo.validVariableName(name);
    }

    @Override
    public String getCommand(String line) {
        return gogo.getCommand(line);
    }

    @Override
    public String getVariable(String line) {
        return gogo.getVariable(line);
    }
}
