using System.Text.Json.Nodes;

namespace SegLossBias.Tests.Support;

/// <summary>Damages JSON as an editor, a crash or another version would: values of other kinds, missing and strange names, cut text.</summary>
internal static class JsonDamage
{
    private static readonly string[] Values =
    [
        "null", "true", "-1", "0", "1", "7", "1.5", "-1e-300", "1e300", "2147483647", "2147483648", "-9223372036854775808", "99999999999999999999", "\"\"", "\"NaN\"", "\"Infinity\"", "\"nonsense\"",
        "\"../../x\"", "\"\\u0000\"", "\"[bold]a|b,\\n\\\"=1\"", "[]", "[null]", "[1, 2, 3]", "[[]]", "{}", "{ \"a\": null }",
    ];

    /// <param name="json">What is whole.</param>
    /// <param name="below">A random whole number from 0 to below its argument.</param>
    internal static string Of(string json, Func<int, int> below)
    {
        switch (below(8))
        {
            case 0:
                return json[..below(json.Length)];
            case 1:
                var place = below(json.Length);
                return json[..place] + (char)(32 + below(95)) + json[(place + 1)..];
            default:
                var root = JsonNode.Parse(json)!;
                for (var changes = 1 + below(2); changes > 0; changes--)
                {
                    Change(root, below);
                }

                return root.ToJsonString();
        }
    }

    private static void Change(JsonNode root, Func<int, int> below)
    {
        JsonNode[] inner = [.. Descendants(root).Where(node => node is JsonObject { Count: > 0 } or JsonArray { Count: > 0 })];
        if (inner.Length == 0)
        {
            return;
        }

        var value = JsonNode.Parse(Values[below(Values.Length)]);
        switch (inner[below(inner.Length)])
        {
            case JsonObject entries:
                var name = entries.ElementAt(below(entries.Count)).Key;
                if (below(6) == 0)
                {
                    entries.Remove(name, out var moved);
                    entries[name + "?"] = below(2) == 0 ? moved : null;
                }
                else
                {
                    entries[name] = value;
                }

                break;
            case JsonArray items:
                var index = below(items.Count);
                switch (below(4))
                {
                    case 0:
                        items.RemoveAt(index);
                        break;
                    case 1:
                        items.Insert(index, items[index]?.DeepClone());
                        break;
                    default:
                        items[index] = value;
                        break;
                }

                break;
        }
    }

    private static IEnumerable<JsonNode> Descendants(JsonNode node) => node switch
    {
        JsonObject entries => entries.Select(entry => entry.Value).OfType<JsonNode>().SelectMany(Descendants).Prepend(node),
        JsonArray items => items.OfType<JsonNode>().SelectMany(Descendants).Prepend(node),
        _ => [node],
    };
}
