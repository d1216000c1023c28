namespace Tocsin.Bench.Logs;

/// <summary>Random numbers of one request: seeded by its index, so that any thread can make any request.</summary>
internal struct Dice(ulong seed)
{
    public const ulong Seed = 42;

    private ulong _state = Mix(seed ^ Mix(Seed));

    /// <summary>SplitMix64's finish: a bijection, so ids made of different numbers are different.</summary>
    public static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
        x = (x ^ x >> 27) * 0x94D049BB133111EB;
        return x ^ x >> 31;
    }

    public ulong Next() => Mix(_state++);

    /// <summary>From 0 up to <paramref name="below"/>, which is left out.</summary>
    public int Next(int below) => (int)((Next() >> 32) * (ulong)below >> 32);

    public string Of(string[] words) => words[Next(words.Length)];

    /// <summary>From 0 to 1, which is left out.</summary>
    public double Real() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Skewed to small numbers: the first of n comes about √n times as often as in a fair draw.</summary>
    public int Skewed(int below)
    {
        double u = Real();
        return (int)(u * u * below);
    }

    public double Gaussian() => Math.Sqrt(-2 * Math.Log(1 - Real())) * Math.Cos(2 * Math.PI * Real());
}
