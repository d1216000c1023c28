using System.Text;
using Tocsin.Model.Crashes;

namespace Tocsin.Crashes.Stacks;

/// <summary>An exception while its text is being read.</summary>
internal sealed class ExceptionBuilder(string? type, string message)
{
    private const int MaxMessage = 16 * 1024;
    private readonly StringBuilder _message = new(message);

    public string? Type { get; } = type;
    public List<CrashFrame> Frames { get; } = [];
    public List<ExceptionBuilder> Inner { get; } = [];

    public void AddMessage(string line)
    {
        if (_message.Length + line.Length < MaxMessage)
            _message.Append(_message.Length > 0 ? "\n" : "").Append(line);
    }

    public void AddFrame(CrashFrame frame)
    {
        if (Frames.Count < StackText.MaxFrames)
            Frames.Add(frame);
    }

    public bool HasFrames => Frames.Count > 0 || Inner.Any(i => i.HasFrames);

    public CrashException Build() => new()
    {
        Type = Type ?? "Error",
        Message = _message.ToString(),
        Frames = [.. Frames],
        Inner = [.. Inner.Select(i => i.Build())],
    };
}
