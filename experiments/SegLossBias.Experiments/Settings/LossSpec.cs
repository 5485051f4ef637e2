using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;

namespace SegLossBias.Experiments.Settings;

/// <summary>A loss by name with the parameters that an experiment varies; null keeps the loss's own default.</summary>
/// <param name="Name">One of <see cref="LossFactory.Names"/>.</param>
/// <param name="Lambda">λ of a compound.</param>
/// <param name="Temperature">τ of a region-size penalty.</param>
/// <param name="Gamma">γ of a focal loss.</param>
/// <param name="Warmup">Over so many epochs λ rises from 0 to <paramref name="Lambda"/>, which must be given then.</param>
/// <param name="Balance">λ is set so that the gradient of the penalty has this share of that of the matching term's, at most <paramref name="Lambda"/>.</param>
[JsonConverter(typeof(LossSpecConverter))]
internal sealed record LossSpec(string Name, double? Lambda = null, double? Temperature = null, double? Gamma = null, int? Warmup = null, double? Balance = null)
{
    /// <summary>Far more than any training bears; losses are computed in float32.</summary>
    private const double LargestParameter = 1e6;

    /// <summary>What a user writes and reads: <c>RCE(L1)</c>, or <c>RCE(L1):lambda=0.5:tau=1</c>.</summary>
    public string Text => Name + Parameter("lambda", Lambda) + Parameter("tau", Temperature) + Parameter("gamma", Gamma) + Parameter("warmup", Warmup) + Parameter("balance", Balance);

    /// <summary>What tables and pictures show: <c>RCE(L1)</c>, or <c>RCE(L1) λ=0.5 τ=1</c>.</summary>
    public string Label => Text.Replace(":lambda", " λ", StringComparison.Ordinal)
        .Replace(":tau", " τ", StringComparison.Ordinal).Replace(":gamma", " γ", StringComparison.Ordinal)
        .Replace(":warmup", " warm-up", StringComparison.Ordinal).Replace(":balance", " balance", StringComparison.Ordinal);

    /// <summary>The same as a part of a file name, different for different losses.</summary>
    public string FileName => new([.. Text.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '=' ? c : '_')]);

    /// <summary>Reads <see cref="Text"/>.</summary>
    /// <exception cref="UserError">The name is unknown, or a parameter is not one of that loss or not a number.</exception>
    public static LossSpec Parse(string text)
    {
        var parts = text.Split(':', StringSplitOptions.TrimEntries);
        var spec = new LossSpec(LossFactory.AllNames.Contains(parts[0], StringComparer.OrdinalIgnoreCase)
            ? CanonicalName(parts[0])
            : throw UserError.Usage($"there is no loss '{parts[0]}'; known are {string.Join(", ", LossFactory.Names)}"));
        foreach (var part in parts.Skip(1))
        {
            var (key, value) = part.Split('=') is [var left, var right]
                && double.TryParse(right, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                ? (left, number)
                : throw UserError.Usage($"'{text}': '{part}' is not a parameter such as lambda=0.5, tau=10 or gamma=2");
            if (Math.Abs(value) > LargestParameter)
            {
                throw UserError.Usage(FormattableString.Invariant($"'{text}': {key} is {value}; up to {LargestParameter} is possible"));
            }

            spec = key switch
            {
                "lambda" => spec with { Lambda = value },
                "tau" => spec with { Temperature = value },
                "gamma" => spec with { Gamma = value },
                "warmup" when value is >= 1 and <= int.MaxValue && double.IsInteger(value) => spec with { Warmup = (int)value },
                "warmup" => throw UserError.Usage($"'{text}': warmup is a number of epochs, 1 or more"),
                "balance" when value > 0 => spec with { Balance = value },
                "balance" => throw UserError.Usage($"'{text}': balance is a share of the gradient, above 0"),
                _ => throw UserError.Usage($"'{text}': there is no parameter '{key}'; known are lambda, tau, gamma, warmup and balance"),
            };
        }

        if (spec is { Warmup: not null, Lambda: null })
        {
            throw UserError.Usage($"'{text}': warmup needs the lambda that it ends at, such as lambda=1:warmup={spec.Warmup}");
        }

        if (spec is { Warmup: not null, Balance: not null })
        {
            throw UserError.Usage($"'{text}': balance sets λ and warmup lets it rise; give one of them");
        }

        spec.Check(text);
        return spec;
    }

    /// <summary>What sets λ while the loss trains; null where λ is fixed. For <see cref="Create"/>.</summary>
    public BalancedLambda? NewBalance() => Balance is { } share ? new BalancedLambda { Share = share, Most = Lambda ?? 1 } : null;

    /// <summary>Builds the loss.</summary>
    /// <param name="ignoreIndex">The label of pixels to leave out.</param>
    /// <param name="mode">What the network gives.</param>
    /// <param name="balance">What sets λ, of <see cref="NewBalance"/>; null for a loss that does not train.</param>
    public SegmentationLoss Create(long? ignoreIndex = null, OutputMode mode = OutputMode.Multiclass, BalancedLambda? balance = null)
    {
        var settings = new Dictionary<string, object?>
        {
            [nameof(SegmentationLoss.Mode)] = mode == OutputMode.Binary ? SegmentationMode.Binary : SegmentationMode.Multiclass,
            [nameof(SegmentationLoss.IgnoreIndex)] = ignoreIndex,
        };
        Add("lambda", (balance ?? NewBalance()) is { } set ? set.Schedule : Lambda is { } lambda && Warmup is { } epochs ? Schedule.Linear(0, lambda, epochs) : Lambda);
        Add("temperature", Temperature);
        Add("gamma", Gamma);
        return LossFactory.Create(Name, settings);

        void Add(string setting, object? value)
        {
            if (value is not null)
            {
                settings.Add(setting, value);
            }
        }
    }

    public override string ToString() => Text;

    private static string CanonicalName(string name)
    {
        using var loss = LossFactory.Create(name);
        return LossFactory.Names.FirstOrDefault(known => string.Equals(known, name, StringComparison.OrdinalIgnoreCase)) ?? loss.Name;
    }

    private static string Parameter(string key, double? value) =>
        value is { } number ? new StringBuilder(":").Append(key).Append('=').Append(number.ToString("R", CultureInfo.InvariantCulture)).ToString() : "";

    private void Check(string text)
    {
        try
        {
            using var loss = Create();
        }
        catch (ArgumentException invalid)
        {
            throw UserError.Usage($"'{text}': {invalid.Message}");
        }
    }
}
