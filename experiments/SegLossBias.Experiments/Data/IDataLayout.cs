namespace SegLossBias.Experiments.Data;

/// <summary>One way to lay out data in folders. A class that implements this is known to the program without being named anywhere else.</summary>
internal interface IDataLayout
{
    /// <summary>What <c>--layout</c> calls it.</summary>
    string Name { get; }

    /// <summary>Spatial axes of its cases: 2 for pictures, 3 for volumes.</summary>
    int Dimensions { get; }

    /// <summary>Whether it is taken where no other layout fits.</summary>
    bool IsFallback => false;

    /// <summary>Whether a folder has what only this layout has.</summary>
    bool Fits(FolderContent folder);

    /// <param name="settings">Folder, size, split, grouping and the data's seed.</param>
    /// <param name="leftOut">Receives one line per file that could not be used, also when no data is left.</param>
    /// <exception cref="UserError">The folder does not fit the layout, or too little of it is usable.</exception>
    CaseSplits Load(ExperimentSettings settings, ICollection<string> leftOut);
}
