using System.Text;

namespace Tocsin.Cli.Run.Children;

/// <summary>The supervisor's own environment, byte for byte as it was given, with variables set on top.</summary>
internal sealed class ChildEnvironment
{
    private readonly List<byte[]> _entries;

    private ChildEnvironment(List<byte[]> entries) => _entries = entries;

    public IReadOnlyList<byte[]> Entries => _entries;

    /// <summary>Read from the kernel, because .NET's copy loses bytes that are not UTF-8.</summary>
    public static ChildEnvironment Inherit() => Parse(File.ReadAllBytes("/proc/self/environ"));

    public static ChildEnvironment Parse(ReadOnlySpan<byte> block)
    {
        var entries = new List<byte[]>();
        foreach (var range in block.Split((byte)0))
        {
            if (block[range].Length > 0)
            {
                entries.Add(block[range].ToArray());
            }
        }

        return new ChildEnvironment(entries);
    }

    public ChildEnvironment Copy() => new([.. _entries]);

    public bool Has(string name) => IndexOf(name) >= 0;

    public void Set(string name, string value)
    {
        var entry = Encoding.UTF8.GetBytes(name + "=" + value);
        var index = IndexOf(name);
        if (index < 0)
        {
            _entries.Add(entry);
            return;
        }

        _entries[index] = entry;
    }

    public void SetIfGiven(string name, string? value)
    {
        if (value is not null)
        {
            Set(name, value);
        }
    }

    private int IndexOf(string name)
    {
        var key = Encoding.UTF8.GetBytes(name + "=");
        return _entries.FindIndex(e => e.AsSpan().StartsWith(key));
    }
}
