package symphony.shell;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.BooleanSupplier;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.CommandSessionListener;

/** Prepares each session of the shell the first time that it does something. Thread-safe. */
final class Sessions implements CommandSessionListener {
    private final Globs globs;
    private final Editor editor;
    private final Wirings wirings;
    private final List<Synopsis> commands;
    private final Status status;
    private final BooleanSupplier wantsBanner;
    private final Script script;
    private final Map<CommandSession, Boolean> greeted = Collections.synchronizedMap(new WeakHashMap<>());

    Sessions(
            Globs globs,
            Editor editor,
            Wirings wirings,
            List<Synopsis> commands,
            Status status,
            BooleanSupplier wantsBanner,
            Script script) {
        this.globs = globs;
        this.editor = editor;
        this.wirings = wirings;
        this.commands = List.copyOf(commands);
        this.status = status;
        this.wantsBanner = wantsBanner;
        this.script = script;
    }

    @Override
    public void beforeExecute(CommandSession session, CharSequence command) {
        globs.install(session);
        editor.complete(session, commands);
        editor.follow(session, script);
        if (editor.isInteractive(session)) {
            script.runs();
        }
        greet(session);
        wirings.sweep();
    }

    /**
     * The first thing that an interactive session executes is its profile, which sets the prompt. A session that has one
     * already was there before us: its user does not want a banner in the midst of work.
     */
    private void greet(CommandSession session) {
        boolean first = editor.isInteractive(session) && greeted.put(session, true) == null;
        boolean begins = first && session.get("prompt") == null;
        if (begins && wantsBanner.getAsBoolean() && Console.of(session).terminal()) {
            status.banner().forEach(session.getConsole()::println);
            session.getConsole().flush();
        }
    }

    @Override
    public void afterExecute(CommandSession session, CharSequence command, Exception exception) {
        if (editor.isInteractive(session)) {
            script.over(exception);
        }
    }

    @Override
    public void afterExecute(CommandSession session, CharSequence command, Object result) {
        if (editor.isInteractive(session)) {
            script.over();
        }
    }

    /** Leaves nothing of this bundle in the sessions. */
    void close() {
        globs.uninstall().forEach(session -> {
            script.end(editor.unread(session));
            editor.forget(session, commands);
        });
    }
}
