using Tocsin.Model.Crashes;

namespace Tocsin.Cli.Run.Stderr;

/// <summary>Reads the text of Exception.ToString() back into an exception with its inner ones.</summary>
internal static class DotNetException
{
    public const int MaxMessageLines = 200;

    /// <summary>
    /// Stands in when an exception prints itself in its own way; a crash report can name the true type.
    /// </summary>
    public const string UnknownType = "Exception";

    private const string EndOfInner = "--- End of inner exception stack trace ---";
    private const string EndOfAggregated = "<---";
    private const int MaxNodes = 64;

    public static bool IsFrame(string line) => line.StartsWith("   at ");

    /// <param name="at">Index of the line that holds the header.</param>
    /// <param name="header">The header itself: that line without what stands before the type.</param>
    /// <param name="last">Index of the last line that belongs to the exception.</param>
    public static CrashException Read(string[] lines, int at, string header, out int last)
    {
        var root = new Node(header, null);
        var top = root;
        var nodes = 1;
        last = at;
        for (var i = at + 1; i < lines.Length; i++)
        {
            var line = lines[i];
            var trimmed = line.TrimStart();
            if (IsFrame(line))
            {
                var closed = line.EndsWith(EndOfAggregated);
                top.Frames.Add(Frame(closed ? line[..^EndOfAggregated.Length] : line));
                top = closed ? top.CloseAggregated() : top;
            }
            else if (trimmed.StartsWith("---> ") && nodes < MaxNodes)
            {
                top = top.Open(trimmed["---> ".Length..]);
                nodes++;
            }
            else if (trimmed == EndOfInner)
            {
                top = top.Parent ?? top;
            }
            else if (trimmed == EndOfAggregated)
            {
                top = top.CloseAggregated();
            }
            else if (!trimmed.StartsWith("--- End of stack trace"))
            {
                if (top.Frames.Count == 0 && top.Inner.Count == 0 && top.Message.Count < MaxMessageLines)
                {
                    top.Message.Add(line);
                }
                else if (trimmed.Length > 0)
                {
                    break;
                }

                last = trimmed.Length > 0 ? i : last;
                continue;
            }

            last = i;
        }

        return root.Build(0);
    }

    /// <summary>"   at Type.Method(Args) in /path/file.cs:line 12", the place being optional.</summary>
    public static CrashFrame Frame(string line)
    {
        var text = line.TrimStart()["at ".Length..].TrimEnd();
        var place = text.LastIndexOf(" in ");
        var number = text.LastIndexOf(":line ");
        if (place <= 0 || number < place || !int.TryParse(text.AsSpan(number + ":line ".Length), out var at))
        {
            return new CrashFrame { Method = text };
        }

        return new CrashFrame { Method = text[..place], File = text[(place + " in ".Length)..number], Line = at };
    }

    private sealed class Node(string header, Node? parent)
    {
        private const string Aggregated = "(Inner Exception #";

        private readonly bool _aggregated = header.StartsWith(Aggregated);

        public Node? Parent { get; } = parent;
        public List<string> Message { get; } = [];
        public List<CrashFrame> Frames { get; } = [];
        public List<Node> Inner { get; } = [];

        public Node Open(string innerHeader)
        {
            var inner = new Node(innerHeader, this);
            Inner.Add(inner);
            return inner;
        }

        /// <summary>Goes up to the exception that lists the innermost "(Inner Exception #n)" above here.</summary>
        public Node CloseAggregated()
        {
            var node = this;
            while (!node._aggregated && node.Parent is { } up)
            {
                node = up;
            }

            return node.Parent ?? node;
        }

        public CrashException Build(int depth)
        {
            var line = _aggregated && header.IndexOf(") ") is > 0 and var end ? header[(end + 2)..] : header;
            var named = StackFolding.TrySplitHeader(line, out var type, out var message)
                && (type.Contains('.') || type.EndsWith("Exception"));
            return new CrashException
            {
                Type = named ? type : UnknownType,
                Message = StackFolding.Message([named ? message : line, .. Message]),
                Frames = StackFolding.Cap(Frames),
                Inner = depth >= StackFolding.MaxInnerDepth ? [] : [.. Inner.Select(n => n.Build(depth + 1))],
            };
        }
    }
}
