using Tocsin.Model.Crashes;

namespace Tocsin.Cli.Run.Stderr;

/// <summary>A death notice found in what a program wrote to standard error.</summary>
/// <param name="FirstLine">Index of the notice's first line.</param>
/// <param name="LastLine">Index of its last line; what follows was written afterwards.</param>
internal sealed record StderrFinding(CrashClass Class, string Runtime, int FirstLine, int LastLine,
    CrashException Exception);
