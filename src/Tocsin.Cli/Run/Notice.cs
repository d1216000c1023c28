using System.Text;
using Tocsin.Cli.Run.Children;

namespace Tocsin.Cli.Run;

/// <summary>The supervisor's own words on standard error, one line each.</summary>
/// <remarks>Written past System.Console, which would take over the terminal that belongs to the child.</remarks>
internal static unsafe class Notice
{
    /// <param name="midLine">The program's last line has no end; the notice then starts a new one.</param>
    public static void Write(string text, bool midLine = false)
    {
        var bytes = Encoding.UTF8.GetBytes($"{(midLine ? "\n" : "")}tocsin: {text}\n");
        fixed (byte* start = bytes)
        {
            _ = Libc.Write(2, start, (nuint)bytes.Length);
        }
    }
}
