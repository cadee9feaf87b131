package dev.rootbound.dockerfile;

import java.util.List;

/**
 * The flags of {@code RUN}.
 *
 * @param mounts the values of {@code --mount}, with variables: {@link Run#mounts}
 * @param network where its process is on the network
 * @param isInsecure whether it asks for all rights ({@code --security=insecure})
 * @param devices the devices that it asks for
 */
public record RunOptions(
        List<String> mounts, Network network, boolean isInsecure, List<Device> devices) {
    /** What {@code --network} says. */
    public enum Network {
        DEFAULT,
        NONE,
        HOST
    }

    public RunOptions {
        mounts = List.copyOf(mounts);
        devices = List.copyOf(devices);
    }
}
