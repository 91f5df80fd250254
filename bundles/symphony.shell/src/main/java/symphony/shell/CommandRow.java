package symphony.shell;

/**
 * A command, for the list of commands.
 *
 * @param command with its scope
 * @param summary what it does, one line
 */
public record CommandRow(String command, String summary) {}
