namespace Tocsin.Testing;

/// <summary>Seeded damage to bytes: flipped bits, changed, cut, repeated and inserted stretches.</summary>
public sealed class Mutation(int seed)
{
    private readonly Random _random = new(seed);

    public byte[] Of(ReadOnlySpan<byte> bytes)
    {
        List<byte> result = [.. bytes];
        for (int i = _random.Next(1, 4); i > 0 && result.Count > 0; i--)
            Once(result);
        return [.. result];
    }

    private void Once(List<byte> bytes)
    {
        int at = _random.Next(bytes.Count), length = _random.Next(1, Math.Min(16, bytes.Count - at) + 1);
        switch (_random.Next(7))
        {
            case 0: bytes[at] ^= (byte)(1 << _random.Next(8)); break;
            case 1: bytes[at] = (byte)_random.Next(256); break;
            case 2: bytes[at] = _random.Next(2) == 0 ? (byte)0xFF : (byte)0; break;
            case 3: bytes.RemoveRange(at, length); break;
            case 4: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
            case 5: bytes.RemoveRange(at, bytes.Count - at); break;
            default:
                for (int i = 0; i < length; i++)
                    bytes[at + i] = (byte)_random.Next(256);
                break;
        }
    }
}
