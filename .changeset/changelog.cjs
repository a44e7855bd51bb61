'use strict';

/* How a changeset reads in CHANGELOG.md: as it was written. Users have no use for the commit that it came with. */

exports.getReleaseLine = ({ summary }) => `- ${summary.trim().replaceAll('\n', '\n  ')}`;

exports.getDependencyReleaseLine = () => '';
