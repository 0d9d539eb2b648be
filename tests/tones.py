"""The voices of tests: each a tone, so that who is heard can be measured."""

import numpy as np

LEE, MAYA, OLGA, SAM = 440, 880, 660, 1320  # Hz
HEARD = -50  # dB; a tone that is there is at -20, one that is not below -90


def loudness(samples: np.ndarray, frequency: int, rate: int) -> float:
    """Of one tone in these samples (of 16 bits), in dB of full scale; by Goertzel's sum over a Hann window."""
    window = np.hanning(len(samples))
    turning = np.exp(-2j * np.pi * frequency / rate * np.arange(len(samples)))
    amplitude = 2 * abs(np.dot(samples * window, turning)) / window.sum() / 32768
    return float(20 * np.log10(amplitude + 1e-9))
