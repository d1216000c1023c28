using Microsoft.Extensions.Logging;
using TocsinSdk.Logging;
using TocsinSdk.Redaction;

namespace TocsinSdk.Analysis;

/// <summary>
/// Adds to log records of Error and above that carry an exception what the rules say about it, and the id under which
/// it was reported: error_category, error_severity, error_suggestions, crash_id.
/// </summary>
internal sealed class ErrorFields(ErrorAnalyzer analyzer, EventFilling filling, Redactor redactor)
{
    private readonly FieldKey _category = filling.KeyOf("error_category"), _severity = filling.KeyOf("error_severity"),
        _suggestions = filling.KeyOf("error_suggestions"), _crashId = filling.KeyOf("crash_id");

    public void Add(LogEvent e)
    {
        if (e.Exception is not { } exception || e.Level < LogLevel.Error)
            return;
        if (ReportedErrors.IdOf(exception) is { } id)
            FieldValue.Add(e, _crashId, id, sensitive: false, redactor);
        if (analyzer.Analyze(exception) is not { Rule: not null } analysis)
            return;
        FieldValue.Add(e, _category, analysis.Category, sensitive: false, redactor);
        FieldValue.Add(e, _severity, analysis.Severity, sensitive: false, redactor);
        FieldValue.Add(e, _suggestions, string.Join(" | ", analysis.Suggestions), sensitive: false, redactor);
    }
}
