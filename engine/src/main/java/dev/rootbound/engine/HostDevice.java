package dev.rootbound.engine;

import java.util.regex.Pattern;

/**
 * A device of the host in a container, as {@code --device SOURCE:TARGET:ACCESS} asks for it.
 *
 * @param source absolute path on the host: a device node, or a directory, of which all nodes are
 *     meant
 * @param target absolute path inside
 * @param access of {@code rwm}: read, write and mknod, of which the last is void in a container
 *     that has ids of its own
 */
public record HostDevice(String source, String target, String access) {
    /** What the runtime has made or mounted there by itself, config-linux.md#default-devices. */
    private static final Pattern USUAL =
            Pattern.compile(
                    "/dev(/(null|zero|full|random|urandom|tty|console|ptmx|fd|std(in|out|err)|pts(/.*)?))?");

    static void check(HostDevice device) {
        TargetRule.check("device", device.target());
        var target = TargetRule.plain(device.target());
        if (USUAL.matcher(target).matches() && !target.equals(device.source())) {
            throw new EngineException.Invalid(
                    "invalid device target '"
                            + TextRule.shown(device.target())
                            + "': each container has one of its own there; choose another path");
        }
        if (!device.source().startsWith("/")) {
            throw new EngineException.Invalid(
                    "device "
                            + TextRule.shown(device.source())
                            + ": the path of a device on the host is absolute");
        }
        if (!device.access().matches("[rwm]{1,3}")) {
            throw new EngineException.Invalid(
                    "device "
                            + TextRule.shown(device.source())
                            + ": invalid device mode: "
                            + TextRule.shown(device.access())
                            + "; it is of r (read), w (write) and m (mknod)");
        }
    }
}
