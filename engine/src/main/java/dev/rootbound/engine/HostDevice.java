package dev.rootbound.engine;

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
    static void check(HostDevice device) {
        TargetRule.check("device", device.target());
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
