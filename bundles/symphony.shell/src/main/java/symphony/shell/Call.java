package symphony.shell;

import org.apache.felix.service.command.CommandSession;

/**
 * One call of a command.
 *
 * @param session who calls
 * @param arguments what with
 * @param console where to print
 */
record Call(CommandSession session, Arguments arguments, Console console) {}
