using System.Text;
using Tocsin.Cli.Run.Stderr;

namespace Tocsin.Cli.Tests.Run;

/// <summary>Real outputs of real deaths, kept in the assembly. The Go ones are written after its
/// documentation.</summary>
internal static class Golden
{
    public static IEnumerable<string> Names =>
        typeof(Golden).Assembly.GetManifestResourceNames().Order(StringComparer.Ordinal);

    public static IEnumerable<string> Stderr => Names.Where(n => n.EndsWith(".txt", StringComparison.Ordinal));

    public static byte[] Bytes(string name)
    {
        using var stream = typeof(Golden).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    public static string Text(string name) => Encoding.UTF8.GetString(Bytes(name));

    public static StderrFinding Read(string name)
    {
        var lines = StderrReading.Lines(Text(name + ".txt"));
        return StderrReading.Read(lines).ShouldNotBeNull();
    }
}
