using System.Text.Json;
using System.Text.Json.Serialization;

namespace SegLossBias.Experiments.Settings;

/// <summary>Saves a loss as its <see cref="LossSpec.Text"/>.</summary>
internal sealed class LossSpecConverter : JsonConverter<LossSpec>
{
    /// <summary>Null is no loss, and is refused as other text that is none.</summary>
    public override bool HandleNull => true;

    public override LossSpec Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return LossSpec.Parse(reader.GetString() ?? "");
        }
        catch (Exception invalid) when (invalid is UserError or InvalidOperationException)
        {
            throw new JsonException(invalid.Message);
        }
    }

    public override void Write(Utf8JsonWriter writer, LossSpec value, JsonSerializerOptions options) => writer.WriteStringValue(value.Text);
}
