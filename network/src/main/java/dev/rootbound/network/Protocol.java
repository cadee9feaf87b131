package dev.rootbound.network;

import java.util.Locale;

/** A transport protocol that has ports. */
public enum Protocol {
    TCP,
    UDP,
    SCTP;

    /**
     * As ports are written: {@code tcp}, in any case.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Protocol parse(String text) {
        for (var each : values()) if (each.text().equalsIgnoreCase(text)) return each;
        throw new IllegalArgumentException("invalid proto: '" + text + "': it is tcp, udp or sctp");
    }

    /** In lower case. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
