"""Cross-listing as people ask for it and as jobs do it.

shop        an account opened for its channel      categories  trees and mappings
asking      chosen, uploaded, cancelled            sheets      the workbook's columns, out and in
choosing    products into rows of the workbook     judging     uploaded rows against the catalogue
pushing     how a row stands with its channel      telling     events, results
giving_up   what nobody goes on with               filling     a product as a row to fill in
pairs       options and attributes in a cell
"""
