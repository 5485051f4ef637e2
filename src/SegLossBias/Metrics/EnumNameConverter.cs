using System.Text.Json;
using System.Text.Json.Serialization;

namespace SegLossBias;

/// <summary>An enum in JSON is one of its names; the usual converter also reads numbers and lists of names.</summary>
internal sealed class EnumNameConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var name = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        foreach (var value in Enum.GetValues<T>())
        {
            if (string.Equals(name, value.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        throw new JsonException($"{typeof(T).Name} is one of {string.Join(", ", Enum.GetNames<T>())}, but the file has {name ?? reader.TokenType.ToString()}.");
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
