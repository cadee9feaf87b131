package dev.rootbound.docker;

import java.io.InputStream;

/**
 * A connection taken over from HTTP.
 *
 * @param in what the client sends; its end is the client's half-close
 * @param out to the client, each piece at once
 */
record Hijacked(InputStream in, Wire out) {}
