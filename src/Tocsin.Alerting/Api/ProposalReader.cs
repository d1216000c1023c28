using System.Text.Json;
using System.Text.RegularExpressions;
using Tocsin.Alerting.Proposals;
using Tocsin.Model.Alerts;

namespace Tocsin.Alerting.Api;

/// <summary>Turns a request into a proposal, or into the list of all that is wrong with it.</summary>
internal static partial class ProposalReader
{
    /// <summary>Who reports when the request does not say.</summary>
    public const string Anonymous = "api";

    private const string Threshold = "threshold";

    public static (AlertProposal? Proposal, IReadOnlyList<Fault> Faults) Read(AlertRequest request)
    {
        var check = new Check();
        string resource = check.Required("resource", request.Resource, AlertLimits.ResourceCharacters);
        ThresholdReading? reading = Reading(check, request);
        var proposal = new AlertProposal
        {
            Type = TypeOf(check, request, reading),
            Title = reading is null || request.Title is not null
                ? check.Required("title", request.Title, AlertLimits.TitleCharacters) : reading.TitleFor(resource),
            Message = reading is null || request.Message is not null
                ? check.Required("message", request.Message, AlertLimits.MessageCharacters) : reading.Message,
            Resource = resource,
            Key = check.Optional("key", request.Key, AlertLimits.KeyCharacters),
            Priority = check.Word<AlertPriority>("priority", request.Priority, Words.Priorities),
            Category = check.Word<AlertCategory>("category", request.Category, Words.Categories),
            Reading = reading,
            ErrorType = check.Optional("errorType", request.ErrorType, AlertLimits.NameCharacters),
            ErrorCount = check.Count("errorCount", request.ErrorCount),
            AffectedUsers = check.Count("affectedUsers", request.AffectedUsers),
            At = request.At,
            ExpiresIn = check.Span("expiresIn", request.ExpiresIn, AlertLimits.Expiry),
            RunbookUrl = check.Url("runbookUrl", request.RunbookUrl),
            Recommendations = check.List("recommendations", request.Recommendations, AlertLimits.Recommendations,
                (where, text) => check.Required(where, text, AlertLimits.RecommendationCharacters)),
            Metadata = MetadataOf(check, request, reading),
            Labels = LabelsOf(check, request),
            Annotations = check.Pairs("annotations", request.Annotations,
                (where, text) => check.Optional(where, text, AlertLimits.MessageCharacters)),
            RelatedLogs = check.List("relatedLogs", request.RelatedLogs, AlertLimits.RelatedLogs,
                (where, log) => CheckLog(check, where, log)),
            By = check.Optional("by", request.By, AlertLimits.NameCharacters) ?? Anonymous,
        };
        return check.Faults.Count == 0 ? (proposal, []) : (null, check.Faults);
    }

    private static ThresholdReading? Reading(Check check, AlertRequest request)
    {
        if (request is { Metric: null, CurrentValue: null, ThresholdValue: null, Type: not Threshold })
            return null;
        string metric = check.Required("metric", request.Metric, AlertLimits.TypeCharacters);
        if (metric.Length > 0 && !MetricName().IsMatch(metric))
            check.Fail(
                "metric", $"'{Check.Short(metric)}' is not a metric's name", "letters, digits, _ . : - such as cpu_percent");
        return new ThresholdReading(
            metric, Number(check, "currentValue", request.CurrentValue),
            Number(check, "thresholdValue", request.ThresholdValue));
    }

    /// <summary>JSON's 1e999 is read as infinity, which JSON cannot write.</summary>
    private static double Number(Check check, string where, double? value)
    {
        if (value is { } number && double.IsFinite(number))
            return number;
        check.Fail(where, value is null ? "it is missing" : "it is too large", "a number");
        return 0;
    }

    /// <summary>"threshold" alone would make one alert of all metrics of a resource.</summary>
    private static string TypeOf(Check check, AlertRequest request, ThresholdReading? reading) =>
        reading is not null && request.Type is null or Threshold
            ? $"{Threshold}_{NotInNames().Replace(reading?.Metric.ToLowerInvariant() ?? "", "_")}"
            : check.Name("type", request.Type, AlertLimits.TypeCharacters);

    private static Dictionary<string, JsonElement> MetadataOf(Check check, AlertRequest request, ThresholdReading? reading)
    {
        var metadata = new Dictionary<string, JsonElement>(check.Pairs("metadata", request.Metadata, (where, value) =>
        {
            if (value.GetRawText().Length is var length && length > AlertLimits.MetadataValueCharacters)
                check.Fail(where, $"it has {length} characters", $"at most {AlertLimits.MetadataValueCharacters}");
        }));
        if (reading is not null)
        {
            metadata.TryAdd("metric", JsonSerializer.SerializeToElement(reading.Metric));
            metadata.TryAdd("currentValue", JsonSerializer.SerializeToElement(reading.Current));
            metadata.TryAdd("thresholdValue", JsonSerializer.SerializeToElement(reading.Threshold));
            metadata.TryAdd("overagePercent", JsonSerializer.SerializeToElement(Math.Round(reading.OveragePercent, 1)));
        }
        return metadata;
    }

    private static Dictionary<string, string> LabelsOf(Check check, AlertRequest request)
    {
        var labels = new Dictionary<string, string>(check.Pairs("labels", request.Labels,
            (where, text) => check.Required(where, text, AlertLimits.LabelValueCharacters)));
        if (check.Optional("service", request.Service, AlertLimits.NameCharacters) is { Length: > 0 } service)
            labels["service"] = service;
        return labels;
    }

    private static void CheckLog(Check check, string where, RelatedLog? log)
    {
        if (log is null)
        {
            check.Fail(where, "it is null", "an object with time, level, service and message");
            return;
        }
        check.Required($"{where}.level", log.Level, AlertLimits.NameCharacters);
        check.Required($"{where}.service", log.Service, AlertLimits.NameCharacters);
        check.Required($"{where}.message", log.Message, AlertLimits.MessageCharacters);
        check.Optional($"{where}.traceId", log.TraceId, AlertLimits.NameCharacters);
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_.:-]*$")]
    private static partial Regex MetricName();

    [GeneratedRegex("[^a-z0-9_]+")]
    private static partial Regex NotInNames();
}
