package dev.rootbound.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Named steps at which a test has the engine fail or die. Without the system property {@code
 * rootbound.failpoints} reaching one does nothing; with it, the file that it names says which one
 * strikes, once: {@code NAME:error} is an IOException, {@code NAME:kill} ends the process there and
 * then, as kill -9 would.
 */
public final class Failpoint {
    private static final @Nullable String ARMED = System.getProperty("rootbound.failpoints");
    private static final int KILLED = 137;

    private Failpoint() {}

    /**
     * A step is done.
     *
     * @param name the operation and the step, such as {@code start.mounted}; each at one place
     */
    public static void reach(String name) throws IOException {
        if (ARMED != null) {
            strike(Path.of(ARMED), name);
        }
    }

    private static synchronized void strike(Path armed, String name) throws IOException {
        var struck = read(armed);
        if (struck.equals(name + ":error")) {
            Files.delete(armed);
            throw new IOException("failpoint " + name);
        }
        if (struck.equals(name + ":kill")) {
            Files.delete(armed);
            Runtime.getRuntime().halt(KILLED);
        }
    }

    private static String read(Path armed) throws IOException {
        try {
            return Files.readString(armed).strip();
        } catch (NoSuchFileException e) {
            return "";
        }
    }
}
