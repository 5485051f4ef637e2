namespace SegLossBias.Experiments.Results;

/// <summary>A case that figures show, as <c>shown/shown.json</c> lists it.</summary>
/// <param name="Name">The case's name.</param>
/// <param name="Slice">Which slice of a volume; null for a picture.</param>
internal sealed record ShownCase(string Name, int? Slice)
{
    public string Label => Slice is { } slice ? FormattableString.Invariant($"{Name}, slice {slice}") : Name;
}
