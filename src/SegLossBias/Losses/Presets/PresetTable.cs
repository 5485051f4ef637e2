namespace SegLossBias;

/// <summary>The losses of another library by name.</summary>
/// <param name="library">Its name, for messages.</param>
/// <param name="losses">Terms from options.</param>
internal sealed class PresetTable(string library, IReadOnlyDictionary<string, Func<PresetOptions, LossSum>> losses)
{
    internal SegmentationLoss Create(string loss, IReadOnlyList<(string Name, object? Value)> options)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(options);
        if (!losses.TryGetValue(loss, out var terms))
        {
            throw new ArgumentException($"{library} has no loss '{loss}' here; {NearestName.Suggest(loss, losses.Keys)}the known ones are {string.Join(", ", losses.Keys)}.", nameof(loss));
        }

        var given = new PresetOptions(loss, options);
        var sum = terms(given);
        var made = new SegmentationLoss(sum) { Name = loss, Mode = given.Mode, IgnoreIndex = given.IgnoreIndex, IgnoreIndices = given.IgnoreIndices, Reduction = given.Reduction };
        given.EnsureAllRead();
        return made;
    }
}
