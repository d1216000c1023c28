using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Query.Expressions;
using Tocsin.Query.Parsing;

namespace Tocsin.Query.Pipes;

/// <summary>
/// parse json, logfmt, pattern "…" or regexp /…/ from a field: what the text holds becomes fields. A text that does not
/// fit leaves the row as it is.
/// </summary>
public sealed record ParsePipe(TextFormat Format, Expression From) : Pipe
{
    /// <summary>Fields one text may give; more are left out.</summary>
    public const int MostFields = 200;

    private static readonly FieldReference s_message = new("message");

    public override string Verb => "parse";

    internal override bool KeepsRows => true;

    internal override bool IsOneToOne => true;

    internal static Pipe Parse(PipeParser parser)
    {
        TextFormat format = TextFormat.Parse(parser);
        bool from = parser.TakeWord("from");
        return new ParsePipe(format, !from && parser.AtEnd ? s_message : parser.Expression());
    }

    internal override Shape After(Shape before) => before.With(Format.Names);

    internal override void AddFields(FieldUse use) => From.AddFields(use);

    internal override Operator Build(PipeBuild build, Operator next) =>
        new Run(Format.CreateReader(), From.Compile(build.Context), next);

    private protected override string Arguments() => From == s_message ? Format.ToString() : $"{Format} from {From}";

    private sealed class Run(TextReading reading, Evaluator from, Operator next) : StreamingOperator(next)
    {
        private readonly Overlay _set = new();

        public override bool Push(in PipeRow row)
        {
            Cell text = from(row);
            if (text.IsMissing)
                return Next.Push(row);
            _set.CopyFrom(row.Set);
            int most = _set.Count + MostFields;
            reading(text.ToString(), (name, value) =>
            {
                if (_set.Count < most)
                    _set.Set(name, value);
            });
            return Next.Push(row.With(_set));
        }
    }
}
