using System.Text;
using Microsoft.Extensions.AI;

namespace TocsinSdk.AI;

/// <summary>Messages as text, "role: what was said", one per line; of anything but text its kind.</summary>
internal static class Transcript
{
    private const int MaxLength = 64 << 10;

    public static string Of(IEnumerable<ChatMessage> messages)
    {
        var text = new StringBuilder();
        foreach (var message in messages)
        {
            if (text.Length > MaxLength)
                break;
            text.Append(message.Role.Value).Append(": ");
            foreach (var content in message.Contents)
                text.Append(content switch
                {
                    TextContent said => said.Text,
                    FunctionCallContent call => $"<calls {call.Name}>",
                    FunctionResultContent => "<result of a tool>",
                    _ => $"<{content.GetType().Name}>",
                });
            text.Append('\n');
        }
        return text.ToString();
    }
}
