package symphony.it.karaf;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An Apache Karaf of a test's own, as it is distributed but for ports, a user, and no remote repository. */
final class Karaf implements AutoCloseable {
    private static final String USER = "karaf";

    private final Path folder;
    private final Path place;
    private final int ssh;
    private Running server;

    private Karaf(Path folder, Path place, int ssh) {
        this.folder = folder;
        this.place = place;
        this.ssh = ssh;
    }

    /**
     * Unpacks one.
     *
     * @param framework {@code felix} or {@code equinox}, both of which it brings along
     */
    static Karaf unpack(String framework) throws IOException, InterruptedException {
        Path place = Folder.create("karaf-" + framework);
        Path folder = Folder.unpack(Path.of(System.getProperty("karaf")).toAbsolutePath(), place);
        List<Integer> ports = freePorts(3);
        var karaf = new Karaf(folder, place, ports.get(0));
        karaf.edit("org.apache.karaf.shell.cfg", "sshPort = 8101", "sshPort = " + ports.get(0));
        karaf.edit("org.apache.karaf.shell.cfg", "sshHost = 0.0.0.0", "sshHost = 127.0.0.1");
        karaf.edit("org.apache.karaf.management.cfg", "rmiRegistryPort = 1099", "rmiRegistryPort = " + ports.get(1));
        karaf.edit("org.apache.karaf.management.cfg", "rmiServerPort = 44444", "rmiServerPort = " + ports.get(2));
        karaf.edit("users.properties", "#karaf = ", "karaf = ");
        karaf.edit("users.properties", "#_g_", "_g_");
        // None of the net's: what the archive lacks must not come from there.
        karaf.edit("org.ops4j.pax.url.mvn.cfg", "(org.ops4j.pax.url.mvn.repositories=)(.*\\\\\n)*.*", "$2");
        Files.writeString(
                folder.resolve("etc/custom.properties"),
                "karaf.framework=" + framework + "\n",
                StandardOpenOption.APPEND);
        return karaf;
    }

    /** Taken at the same time, so that no two are equal. */
    private static List<Integer> freePorts(int count) throws IOException {
        var sockets = new ArrayList<ServerSocket>();
        var ports = new ArrayList<Integer>();
        for (int i = 0; i < count; i++) {
            var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            sockets.add(socket);
            ports.add(socket.getLocalPort());
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    private void edit(String name, String pattern, String replacement) throws IOException {
        Path file = folder.resolve("etc").resolve(name);
        String text = Files.readString(file);
        String edited = text.replaceAll("(?m)^( *)" + pattern, "$1" + replacement);
        if (edited.equals(text)) {
            throw new AssertionError(file + " has no line " + pattern);
        }
        Files.writeString(file, edited);
    }

    /** Starts it without a console, as a service would be. */
    void start() throws IOException {
        // With exec the process is Karaf itself, and no shell around it. The home is for Maven's local repository and
        // the
        // history of the shell, both of which Karaf looks for there.
        server = Running.start(
                folder,
                place.resolve("server.txt"),
                Map.of("KARAF_EXEC", "exec", "EXTRA_JAVA_OPTS", options()),
                folder.resolve("bin/karaf").toString(),
                "server");
        server.awaitTrue("the remote shell", () -> log().contains("org.apache.karaf.shell.ssh"));
    }

    private String options() throws IOException {
        Path home = Files.createDirectories(place.resolve("home"));
        return "-XX:TieredStopAtLevel=1 -Duser.home=" + home;
    }

    /** Opens its remote shell, into which lines can be typed. */
    Running client() throws IOException {
        return Running.start(
                folder,
                place.resolve("client.txt"),
                Map.of("EXTRA_JAVA_OPTS", options()),
                folder.resolve("bin/client").toString(),
                "-h",
                "127.0.0.1",
                "-a",
                Integer.toString(ssh),
                "-u",
                USER,
                "-p",
                USER,
                "-r",
                "60");
    }

    Running server() {
        return server;
    }

    /** Where it lies. */
    Path folder() {
        return folder;
    }

    String log() throws IOException {
        Path file = folder.resolve("data/log/karaf.log");
        return Files.exists(file) ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8) : "";
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
    }
}
